// Elements of bf16 in AVX-512: what the two sets with products of bf16 share. Included within a file's target options.
#pragma once

#include <cstring>

#include "model/encoder/vector_avx512.h"

namespace custos::model {
namespace {

struct VectorAvx512Bf16 : VectorAvx512 {
  using Words = __m512i;
  using Element = uint16_t;

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

}  // namespace
}  // namespace custos::model
