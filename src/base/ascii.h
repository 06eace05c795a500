// Scans that take sixteen bytes at a time: runs of ASCII letters and digits, and the first of a few characters.
#pragma once

#include <bit>
#include <cstddef>
#include <string_view>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace custos {

[[nodiscard]] constexpr bool ascii_is_alnum(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// How many bytes from `at` on are ASCII letters or digits. REQUIRES: at <= text.size().
[[nodiscard]] inline size_t ascii_run_length(std::string_view text, size_t at) {
  size_t end = at;
#ifdef __SSE2__
  for (; text.size() - end >= 16; end += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + end));
    const __m128i letter = _mm_sub_epi8(_mm_or_si128(bytes, _mm_set1_epi8(0x20)), _mm_set1_epi8('a'));
    const __m128i digit = _mm_sub_epi8(bytes, _mm_set1_epi8('0'));
    const __m128i is_letter = _mm_cmpeq_epi8(_mm_min_epu8(letter, _mm_set1_epi8(25)), letter);
    const __m128i is_digit = _mm_cmpeq_epi8(_mm_min_epu8(digit, _mm_set1_epi8(9)), digit);
    const auto others = static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(is_letter, is_digit))) ^ 0xffffU;
    if (others != 0) return end + static_cast<size_t>(std::countr_zero(others)) - at;
  }
#endif
  while (end < text.size() && ascii_is_alnum(text[end])) ++end;
  return end - at;
}

enum class BeyondAscii : bool { kPassed, kFound };

// Where the first of `kWanted` is from `at` on, or the first byte beyond ASCII where these are wanted too; text.size()
// where there is none. REQUIRES: at <= text.size().
template <BeyondAscii kBeyond, char... kWanted>
[[nodiscard]] size_t find_first(std::string_view text, size_t at) {
#ifdef __SSE2__
  for (; text.size() - at >= 16; at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
    __m128i found = kBeyond == BeyondAscii::kFound ? bytes : _mm_setzero_si128();
    ((found = _mm_or_si128(found, _mm_cmpeq_epi8(bytes, _mm_set1_epi8(kWanted)))), ...);
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(found));
    if (mask != 0) return at + static_cast<size_t>(std::countr_zero(mask));
  }
#endif
  const auto is_wanted = [](char c) {
    return ((c == kWanted) || ...) || (kBeyond == BeyondAscii::kFound && static_cast<unsigned char>(c) >= 0x80);
  };
  while (at < text.size() && !is_wanted(text[at])) ++at;
  return at;
}

}  // namespace custos
