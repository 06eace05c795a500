#include "index/vector/dot_kernel.h"

#include <algorithm>
#include <array>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace custos::index {
namespace {

constexpr size_t kFour = 4;  // vectors that share a load of the query

using FourRows = std::array<const int8_t*, kFour>;
using DotFour = void (*)(const PreparedQuery& query, const FourRows& rows, int32_t* dots);

// Takes `which` by fours. The last ones, where fewer are left, are filled up with the last row. Prefetching here made
// scans of all rows slower.
template <DotFour dot_four>
void dot_all(const PreparedQuery& query, const int8_t* codes, std::span<const uint32_t> which, int32_t* dots) {
  const size_t stride = query.codes.size();
  for (size_t at = 0; at < which.size(); at += kFour) {
    FourRows rows;
    for (size_t i = 0; i < kFour; ++i) rows[i] = codes + which[std::min(at + i, which.size() - 1)] * stride;
    std::array<int32_t, kFour> four;
    dot_four(query, rows, four.data());
    std::copy_n(four.data(), std::min(kFour, which.size() - at), dots + at);
  }
}

void dot_four_plain(const PreparedQuery& query, const FourRows& rows, int32_t* dots) {
  for (size_t i = 0; i < kFour; ++i) {
    int32_t sum = 0;
    for (size_t at = 0; at < query.codes.size(); ++at) sum += int32_t{query.codes[at]} * int32_t{rows[i][at]};
    dots[i] = sum;
  }
}

#if defined(__x86_64__)

#define CUSTOS_AVX2 __attribute__((target("avx2")))
#define CUSTOS_AVX512BW __attribute__((target("avx512f,avx512bw")))
#define CUSTOS_AVX512VNNI __attribute__((target("avx512f,avx512bw,avx512vnni")))

// Sums of 8-bit products fit 16 bits in pairs, since no code of a query is -128: 2 * 128 * 127 < 32768. maddubs wants
// one side without sign, so the sign of the row's code moves to the query's.
CUSTOS_AVX2 void dot_four_avx2(const PreparedQuery& query, const FourRows& rows, int32_t* dots) {
  const __m256i ones = _mm256_set1_epi16(1);
  const __m256i zero = _mm256_setzero_si256();
  __m256i sums[kFour] = {zero, zero, zero, zero};
  for (size_t at = 0; at < query.codes.size(); at += sizeof(__m256i)) {
    const __m256i q = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(query.codes.data() + at));
    for (size_t i = 0; i < kFour; ++i) {
      const __m256i row = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(rows[i] + at));
      const __m256i pairs = _mm256_maddubs_epi16(_mm256_abs_epi8(row), _mm256_sign_epi8(q, row));
      sums[i] = _mm256_add_epi32(sums[i], _mm256_madd_epi16(pairs, ones));
    }
  }
  const __m256i both = _mm256_hadd_epi32(_mm256_hadd_epi32(sums[0], sums[1]), _mm256_hadd_epi32(sums[2], sums[3]));
  const __m128i four = _mm_add_epi32(_mm256_castsi256_si128(both), _mm256_extracti128_si256(both, 1));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(dots), four);
}

// The four sums of sixteen numbers each. Its intrinsics are the masked ones with nothing masked, since GCC 12 warns of
// its own uninitialized values in the others (GCC bug 105593).
CUSTOS_AVX512BW inline __m128i sum_each(const __m512i (&sums)[kFour]) {
  constexpr __mmask16 kAll = 0xFFFF;
  constexpr __mmask8 kEach = 0xFF;
  const __m512i first = _mm512_add_epi32(_mm512_maskz_unpacklo_epi32(kAll, sums[0], sums[1]),
                                         _mm512_maskz_unpackhi_epi32(kAll, sums[0], sums[1]));
  const __m512i last = _mm512_add_epi32(_mm512_maskz_unpacklo_epi32(kAll, sums[2], sums[3]),
                                        _mm512_maskz_unpackhi_epi32(kAll, sums[2], sums[3]));
  const __m512i lanes = _mm512_add_epi32(_mm512_maskz_unpacklo_epi64(kEach, first, last),
                                         _mm512_maskz_unpackhi_epi64(kEach, first, last));
  const __m256i half = _mm256_add_epi32(_mm512_maskz_extracti64x4_epi64(kEach, lanes, 0),
                                        _mm512_maskz_extracti64x4_epi64(kEach, lanes, 1));
  return _mm_add_epi32(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
}

CUSTOS_AVX512BW void dot_four_avx512bw(const PreparedQuery& query, const FourRows& rows, int32_t* dots) {
  const __m512i ones = _mm512_set1_epi16(1);
  const __m512i zero = _mm512_setzero_si512();
  __m512i sums[kFour] = {zero, zero, zero, zero};
  for (size_t at = 0; at < query.codes.size(); at += sizeof(__m512i)) {
    const __m512i q = _mm512_loadu_si512(query.codes.data() + at);
    for (size_t i = 0; i < kFour; ++i) {
      const __m512i row = _mm512_loadu_si512(rows[i] + at);
      const __m512i turned = _mm512_mask_sub_epi8(q, _mm512_movepi8_mask(row), zero, q);
      const __m512i pairs = _mm512_maddubs_epi16(_mm512_abs_epi8(row), turned);
      sums[i] = _mm512_add_epi32(sums[i], _mm512_madd_epi16(pairs, ones));
    }
  }
  _mm_storeu_si128(reinterpret_cast<__m128i*>(dots), sum_each(sums));
}

// dpbusd wants one side without sign: 128 is added to each code of the row, and 128 * query.sum is taken away at the
// end.
CUSTOS_AVX512VNNI void dot_four_avx512vnni(const PreparedQuery& query, const FourRows& rows, int32_t* dots) {
  const __m512i top = _mm512_set1_epi8(-128);
  const __m512i zero = _mm512_setzero_si512();
  __m512i sums[kFour] = {zero, zero, zero, zero};
  for (size_t at = 0; at < query.codes.size(); at += sizeof(__m512i)) {
    const __m512i q = _mm512_loadu_si512(query.codes.data() + at);
    for (size_t i = 0; i < kFour; ++i) {
      const __m512i row = _mm512_xor_si512(_mm512_loadu_si512(rows[i] + at), top);
      sums[i] = _mm512_dpbusd_epi32(sums[i], row, q);
    }
  }
  const __m128i four = _mm_sub_epi32(sum_each(sums), _mm_set1_epi32(128 * query.sum));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(dots), four);
}

std::array<NamedKernel, 4> kernels_of_this_machine() {
  const bool avx2 = __builtin_cpu_supports("avx2");
  const bool bw = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && avx2;
  const bool vnni = bw && __builtin_cpu_supports("avx512vnni");
  return {{{"avx512vnni", dot_all<dot_four_avx512vnni>, vnni},
           {"avx512bw", dot_all<dot_four_avx512bw>, bw},
           {"avx2", dot_all<dot_four_avx2>, avx2},
           {"plain", dot_all<dot_four_plain>, true}}};
}

#else

std::array<NamedKernel, 1> kernels_of_this_machine() { return {{{"plain", dot_all<dot_four_plain>, true}}}; }

#endif

}  // namespace

std::span<const NamedKernel> dot_kernels() {
  static const auto kernels = kernels_of_this_machine();
  return kernels;
}

const NamedKernel& fastest_dot_kernel() {
  const auto kernels = dot_kernels();
  return *std::find_if(kernels.begin(), kernels.end(), [](const NamedKernel& kernel) { return kernel.supported; });
}

}  // namespace custos::index
