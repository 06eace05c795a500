// Keys of words for hash tables. A word of up to seven bytes, as most are, is its own key: whoever compares keys need
// not look at the words. Nobody who writes a mail can know the seed, and so make its words collide.
#pragma once

#include <bit>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace custos {

static_assert(std::endian::native == std::endian::little, "both ways to read a word must agree");

class WordKeys {
 public:
  static constexpr size_t kExactBytesMax = 7;

  WordKeys()
      : seed_(mix(static_cast<uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count()) | 1,
                  reinterpret_cast<uintptr_t>(this) ^ kMultiplier)) {}

  // Never 0. Keys that is_exact() are equal for equal words only.
  [[nodiscard]] uint64_t key(std::string_view word) const {
    return word.size() <= kExactBytesMax ? exact_key(word) : long_key(word);
  }
  // The same where a byte before `whole_words_end` has seven readable ones behind it: without a branch on the size.
  [[nodiscard]] uint64_t key(std::string_view word, const char* whole_words_end) const {
    if (word.size() > kExactBytesMax) return long_key(word);
    if (word.data() >= whole_words_end) return exact_key(word);
    const uint64_t size = word.size();
    return (load<uint64_t>(word.data()) & ((1ULL << (8 * size)) - 1)) | (size + 1) << 56;
  }
  [[nodiscard]] static bool is_exact(uint64_t key) { return key < kLong; }
  // Set in keys that are not exact. Exact ones have the bits of 0x70 << 56 clear, which the user may set.
  static constexpr uint64_t kLong = 0xffULL << 56;

  // Where to look for a key: all bits are good.
  [[nodiscard]] uint64_t hash(uint64_t key) const { return mix(key ^ seed_, kMultiplier); }

 private:
  static constexpr uint64_t kMultiplier = 0x9e3779b97f4a7c15;  // 2^64 / golden ratio: odd, with well-mixed bits

  template <typename Integer>
  static uint64_t load(const char* bytes) {
    Integer value;
    std::memcpy(&value, bytes, sizeof value);
    return value;
  }

  static uint64_t mix(uint64_t a, uint64_t b) {
    __extension__ using Wide = unsigned __int128;
    const Wide product = static_cast<Wide>(a) * b;
    return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
  }

  // The bytes themselves and their number.
  static uint64_t exact_key(std::string_view word) {
    const size_t size = word.size();
    const uint64_t tag = static_cast<uint64_t>(size + 1) << 56;
    if (size >= 4)
      return load<uint32_t>(word.data()) | load<uint32_t>(word.data() + size - 4) << (8 * (size - 4)) | tag;
    if (size == 0) return tag;
    const auto byte = [&](size_t at) { return load<uint8_t>(word.data() + at) << (8 * at); };
    return byte(0) | byte(size / 2) | byte(size - 1) | tag;
  }

  [[nodiscard]] uint64_t long_key(std::string_view word) const {
    uint64_t hash = seed_ ^ word.size();
    const char* const last = word.data() + word.size() - 8;
    for (const char* at = word.data(); at < last; at += 8) hash = mix(hash ^ load<uint64_t>(at), kMultiplier);
    return mix(hash ^ load<uint64_t>(last), kMultiplier) | kLong;
  }

  uint64_t seed_;
};

}  // namespace custos
