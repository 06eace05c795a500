// AVX-512 with dot products of bf16: sums and everything beside the products stay in floats.
#if !defined(__clang__)  // GCC 12 warns of its own headers (GCC bug 105593).
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "model/encoder/kernel.h"

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512bf16"))), apply_to = function)
#else
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512bf16")
#endif

#include "model/encoder/kernel_template.h"
#include "model/encoder/vector_avx512_bf16.h"

namespace custos::model {
namespace {

struct Avx512Bf16 : VectorAvx512Bf16 {
  static constexpr InstructionSet kInstructions = InstructionSet::kAvx512Bf16;
};

constexpr Kernels kKernels = KernelsOf<Avx512Bf16>::table();

}  // namespace

const Kernels& avx512_bf16_kernels() { return kKernels; }

}  // namespace custos::model

#if defined(__clang__)
#pragma clang attribute pop
#endif
