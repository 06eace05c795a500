// AVX-512 with floats.
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
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl"))), apply_to = function)
#else
#pragma GCC target("avx512f,avx512bw,avx512vl")
#endif

#include "model/encoder/kernel_template.h"
#include "model/encoder/vector_avx512.h"

namespace custos::model {
namespace {

struct Avx512 : VectorAvx512 {
  using Words = __m512;
  using Element = float;
  static constexpr InstructionSet kInstructions = InstructionSet::kAvx512;

  static void store_elements(float* to, Vector x) { store(to, x); }
  static Words load_words(const uint32_t* from) { return _mm512_loadu_ps(from); }
  static Words all_words(const char* from) {
    float x;
    std::memcpy(&x, from, sizeof x);
    return _mm512_set1_ps(x);
  }
  static Vector dot(Words a, Words b, Vector sum) { return _mm512_fmadd_ps(a, b, sum); }
};

constexpr Kernels kKernels = KernelsOf<Avx512>::table();

}  // namespace

const Kernels& avx512_kernels() { return kKernels; }

}  // namespace custos::model

#if defined(__clang__)
#pragma clang attribute pop
#endif
