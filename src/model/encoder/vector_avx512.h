// Sixteen floats a vector: what the two AVX-512 sets share. Included within a file's target options.
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "model/encoder/gelu_table.h"

namespace custos::model {
namespace {

struct VectorAvx512 {
  using Vector = __m512;
  static constexpr uint32_t kLanes = 16;
  static constexpr int kRows = 12, kPanelVectors = 2;

  static Vector all(float x) { return _mm512_set1_ps(x); }
  static Vector load(const float* from) { return _mm512_loadu_ps(from); }
  static void store(float* to, Vector x) { _mm512_storeu_ps(to, x); }
  static Vector add(Vector a, Vector b) { return _mm512_add_ps(a, b); }
  static Vector subtract(Vector a, Vector b) { return _mm512_sub_ps(a, b); }
  static Vector multiply(Vector a, Vector b) { return _mm512_mul_ps(a, b); }
  static Vector divide(Vector a, Vector b) { return _mm512_div_ps(a, b); }
  static Vector multiply_add(Vector a, Vector b, Vector c) { return _mm512_fmadd_ps(a, b, c); }
  static Vector maximum(Vector a, Vector b) { return _mm512_max_ps(a, b); }
  static Vector minimum(Vector a, Vector b) { return _mm512_min_ps(a, b); }
  static Vector scale_by_power(Vector x, Vector shifted) {
    const __m512i power = _mm512_slli_epi32(_mm512_castps_si512(shifted), 23);
    return _mm512_castsi512_ps(_mm512_add_epi32(_mm512_castps_si512(x), power));
  }
  // The cubic of the third that x is in; a permutation finds its factors in registers.
  static Vector gelu(Vector x) {
    const Vector inner = _mm512_min_ps(_mm512_max_ps(x, all(-16.0f / 3)), all(5.0f));
    const Vector shifted = _mm512_fmadd_ps(inner, all(3.0f), all(12582912.0f));  // rounds, as in power_of_two
    const __m512i place = _mm512_castps_si512(shifted);
    const auto factor = [&](int power) {
      return _mm512_permutex2var_ps(load(kGeluFactors[power]), place, load(kGeluFactors[power] + kLanes));
    };
    const Vector upper = _mm512_fmadd_ps(factor(3), x, factor(2));
    return _mm512_fmadd_ps(_mm512_fmadd_ps(upper, x, factor(1)), x, factor(0));
  }
  static float total(Vector x) { return _mm512_reduce_add_ps(x); }
  static float greatest(Vector x) { return _mm512_reduce_max_ps(x); }
};

}  // namespace
}  // namespace custos::model
