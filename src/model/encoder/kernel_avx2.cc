// AVX2 with FMA: eight floats a vector.
#include <immintrin.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "model/encoder/kernel.h"

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC target("avx2,fma")
#endif

#include "model/encoder/kernel_template.h"

namespace custos::model {
namespace {

struct Avx2 {
  using Vector = __m256;
  using Words = __m256;
  using Element = float;
  static constexpr InstructionSet kInstructions = InstructionSet::kAvx2;
  static constexpr uint32_t kLanes = 8;
  static constexpr int kRows = 6, kPanelVectors = 2;

  static Vector all(float x) { return _mm256_set1_ps(x); }
  static Vector load(const float* from) { return _mm256_loadu_ps(from); }
  static void store(float* to, Vector x) { _mm256_storeu_ps(to, x); }
  static void store_elements(float* to, Vector x) { store(to, x); }
  static Words load_words(const uint32_t* from) { return _mm256_loadu_ps(reinterpret_cast<const float*>(from)); }
  static Words all_words(const char* from) {
    float x;
    std::memcpy(&x, from, sizeof x);
    return _mm256_set1_ps(x);
  }
  static Vector dot(Words a, Words b, Vector sum) { return _mm256_fmadd_ps(a, b, sum); }
  static Vector add(Vector a, Vector b) { return _mm256_add_ps(a, b); }
  static Vector subtract(Vector a, Vector b) { return _mm256_sub_ps(a, b); }
  static Vector multiply(Vector a, Vector b) { return _mm256_mul_ps(a, b); }
  static Vector divide(Vector a, Vector b) { return _mm256_div_ps(a, b); }
  static Vector multiply_add(Vector a, Vector b, Vector c) { return _mm256_fmadd_ps(a, b, c); }
  static Vector maximum(Vector a, Vector b) { return _mm256_max_ps(a, b); }
  static Vector minimum(Vector a, Vector b) { return _mm256_min_ps(a, b); }
  static Vector scale_by_power(Vector x, Vector shifted) {
    const __m256i power = _mm256_slli_epi32(_mm256_castps_si256(shifted), 23);
    return _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(x), power));
  }
  static float total(Vector x) {
    const __m128 four = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
  }
  static float greatest(Vector x) {
    const __m128 four = _mm_max_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    const __m128 two = _mm_max_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_max_ss(two, _mm_movehdup_ps(two)));
  }
};

constexpr Kernels kKernels = KernelsOf<Avx2>::table();

}  // namespace

const Kernels& avx2_kernels() { return kKernels; }

}  // namespace custos::model

#if defined(__clang__)
#pragma clang attribute pop
#endif
