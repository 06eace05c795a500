#include "stage/redact/scan/text_marks.h"

#include <algorithm>
#include <array>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace custos::stage {
namespace {

using BlockBytes = std::array<char, TextMarks::kBlockBytes>;

#ifdef __SSE2__

// Signed comparison: bytes above 0x7F are below every range.
__m128i in_range(__m128i bytes, char first, char last) {
  return _mm_and_si128(_mm_cmpgt_epi8(bytes, _mm_set1_epi8(static_cast<char>(first - 1))),
                       _mm_cmplt_epi8(bytes, _mm_set1_epi8(static_cast<char>(last + 1))));
}

__m128i equal(__m128i bytes, char byte) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(byte)); }

uint64_t bits_of(__m128i set, size_t at) {
  return static_cast<uint64_t>(static_cast<uint32_t>(_mm_movemask_epi8(set))) << at;
}

MarkBlock marks_of(const char* bytes) {
  MarkBlock out;
  for (size_t at = 0; at < TextMarks::kBlockBytes; at += sizeof(__m128i)) {
    __m128i part;
    std::memcpy(&part, bytes + at, sizeof(part));
    const __m128i digits = in_range(part, '0', '9');
    const __m128i letters = in_range(_mm_or_si128(part, _mm_set1_epi8(0x20)), 'a', 'z');
    const __m128i colons = equal(part, ':');
    const __m128i signs = _mm_or_si128(colons, _mm_or_si128(equal(part, '-'), equal(part, '.')));
    out.digits |= bits_of(digits, at);
    out.alphanumerics |= bits_of(_mm_or_si128(digits, letters), at);
    out.colons |= bits_of(colons, at);
    out.signs |= bits_of(signs, at);
  }
  return out;
}

#else

MarkBlock marks_of(const char* bytes) {
  MarkBlock out;
  for (size_t at = 0; at < TextMarks::kBlockBytes; ++at) {
    const char byte = bytes[at];
    const uint64_t bit = uint64_t{1} << at;
    const bool digit = byte >= '0' && byte <= '9';
    if (digit) out.digits |= bit;
    if (digit || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z')) out.alphanumerics |= bit;
    if (byte == ':') out.colons |= bit;
    if (byte == ':' || byte == '-' || byte == '.') out.signs |= bit;
  }
  return out;
}

#endif

}  // namespace

void TextMarks::read(std::string_view text) {
  block_count_ = (text.size() + kBlockBytes - 1) / kBlockBytes;
  if (blocks_.size() <= block_count_) blocks_.resize(block_count_ + 1);
  const size_t whole = text.size() / kBlockBytes;
  for (size_t i = 0; i < whole; ++i) blocks_[i] = marks_of(text.data() + i * kBlockBytes);
  if (whole < block_count_) {
    BlockBytes last{};
    std::copy(text.begin() + static_cast<std::ptrdiff_t>(whole * kBlockBytes), text.end(), last.begin());
    blocks_[whole] = marks_of(last.data());
  }
  blocks_[block_count_] = {};
}

uint64_t reaching(uint64_t bits, uint64_t next, uint32_t reach) {
  for (uint32_t reached = 0; reached < reach;) {
    const uint32_t step = std::min(reached + 1, reach - reached);
    bits |= bits >> step | next << (64 - step);
    next |= next >> step;
    reached += step;
  }
  return bits;
}

uint64_t beginning_runs(uint64_t bits, uint64_t next, uint32_t length) {
  for (uint32_t known = 1; known < length;) {
    const uint32_t step = std::min(known, length - known);
    bits &= bits >> step | next << (64 - step);
    next &= next >> step;
    known += step;
  }
  return bits;
}

}  // namespace custos::stage
