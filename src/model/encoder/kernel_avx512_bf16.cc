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
#include "model/encoder/vector_avx512.h"

namespace custos::model {
namespace {

struct Avx512Bf16 : VectorAvx512 {
  using Words = __m512i;
  using Element = uint16_t;
  static constexpr InstructionSet kInstructions = InstructionSet::kAvx512Bf16;

  static void store_elements(uint16_t* to, Vector x) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), (__m256i)_mm512_cvtneps_pbh(x));
  }
  static Words load_words(const uint32_t* from) { return _mm512_loadu_si512(from); }
  static Words all_words(const char* from) {
    int32_t x;
    std::memcpy(&x, from, sizeof x);
    return _mm512_set1_epi32(x);
  }
  static Vector dot(Words a, Words b, Vector sum) { return _mm512_dpbf16_ps(sum, (__m512bh)a, (__m512bh)b); }
};

constexpr Kernels kKernels = KernelsOf<Avx512Bf16>::table();

}  // namespace

const Kernels& avx512_bf16_kernels() { return kKernels; }

}  // namespace custos::model

#if defined(__clang__)
#pragma clang attribute pop
#endif
