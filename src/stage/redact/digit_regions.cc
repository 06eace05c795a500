#include "stage/redact/digit_regions.h"

#include <algorithm>
#include <cstdint>

namespace custos::stage {
namespace {

constexpr size_t kWordMax = 512;

bool is_blank(char byte) { return byte == ' ' || byte == '\n' || byte == '\t' || byte == '\r'; }
bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }
bool is_continuation(char byte) { return (static_cast<uint8_t>(byte) & 0xC0) == 0x80; }

size_t region_begin(std::string_view text, size_t digit, size_t least) {
  size_t begin = std::max(digit - std::min(digit, kDigitReach), least);
  const size_t word_least = std::max(begin - std::min(begin, kWordMax), least);
  while (begin > word_least && !is_blank(text[begin - 1])) --begin;
  while (begin > least && is_continuation(text[begin])) --begin;
  return begin;
}

size_t region_end(std::string_view text, size_t digit) {
  size_t end = std::min(text.size(), digit + 1 + kDigitReach);
  const size_t word_most = std::min(text.size(), end + kWordMax);
  while (end < word_most && !is_blank(text[end])) ++end;
  while (end < text.size() && is_continuation(text[end])) ++end;
  return end;
}

size_t next_digit(std::string_view text, size_t at) {
  while (at < text.size() && !is_digit(text[at])) ++at;
  return at;
}

}  // namespace

std::vector<document::Span> digit_regions(std::string_view text) {
  std::vector<document::Span> regions;
  size_t digit = next_digit(text, 0);
  while (digit < text.size()) {
    const size_t begin = region_begin(text, digit, regions.empty() ? 0 : regions.back().end);
    size_t last = digit;
    size_t next = next_digit(text, digit + 1);
    while (next < text.size() && next - last <= 2 * kDigitReach) {
      last = next;
      next = next_digit(text, next + 1);
    }
    const size_t end = region_end(text, last);
    regions.push_back({static_cast<uint32_t>(begin), static_cast<uint32_t>(end)});
    digit = next_digit(text, std::max(next, end));
  }
  return regions;
}

}  // namespace custos::stage
