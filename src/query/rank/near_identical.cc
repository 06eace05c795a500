#include "query/rank/near_identical.h"

#include <algorithm>

#include "base/utf8.h"

namespace custos::query {
namespace {

constexpr size_t kSketchedBytesMax = 8192;
constexpr size_t kShingleWords = 3;
constexpr size_t kEqualMin = 28;  // of 32: a resemblance of about 0.9

bool is_word_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c & 0x80) != 0;
}

// The next word at or after `at`, folded by ASCII; 0 at the end.
uint64_t next_word(std::string_view text, size_t& at) {
  while (at < text.size() && !is_word_byte(text[at])) ++at;
  uint64_t hash = 0;
  for (; at < text.size() && is_word_byte(text[at]); ++at) {
    const char c = text[at];
    hash = (hash ^ static_cast<uint8_t>(c >= 'A' && c <= 'Z' ? c + 32 : c)) * 0x100000001b3 + 1;
  }
  return hash;
}

uint64_t mixed(uint64_t x) {
  x = (x ^ (x >> 31)) * 0x7fb5d329728ea185;
  x = (x ^ (x >> 27)) * 0x81dadef4bc2dd44d;
  return x ^ (x >> 33);
}

// One permutation hashing (Li, Owen, Zhang 2012): each shingle belongs to one of the bins.
void add_shingle(uint64_t shingle, Sketch& sketch) {
  uint64_t& smallest = sketch.smallest[shingle % kSketchSize];
  smallest = std::min(smallest, shingle / kSketchSize);
}

}  // namespace

Sketch sketch_of(std::string_view text) {
  Sketch sketch;
  sketch.smallest.fill(UINT64_MAX);
  text = utf8_truncated(text, kSketchedBytesMax);
  uint64_t last = 0;
  uint64_t before_last = 0;
  size_t at = 0;
  while (const uint64_t word = next_word(text, at)) {
    if (++sketch.words >= kShingleWords) add_shingle(mixed(word + mixed(last + mixed(before_last))), sketch);
    before_last = last;
    last = word;
  }
  return sketch;
}

bool near_identical(const Sketch& a, const Sketch& b) {
  if (a.words < kShingleWords || b.words < kShingleWords) return false;
  size_t filled = 0;
  size_t equal = 0;
  for (size_t i = 0; i < kSketchSize; ++i) {
    if (a.smallest[i] == UINT64_MAX && b.smallest[i] == UINT64_MAX) continue;
    ++filled;
    equal += a.smallest[i] == b.smallest[i] ? 1 : 0;
  }
  return equal * kSketchSize >= kEqualMin * filled;
}

}  // namespace custos::query
