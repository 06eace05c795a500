// The tokens that are a word of sixteen ASCII letters and digits at most: one comparison of a slot tells most words of
// a text, where the trie takes a step for each byte. Private to model/.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace custos::model {

// Immutable once it is filled. An open-addressing table, at most three quarters full, whose keys are the words
// themselves.
class ShortWords {
 public:
  static constexpr size_t kBytesMax = 16;

  // A word in lower case, zeros behind it; all zeros is no word.
  struct Key {
    uint64_t low = 0, high = 0;
    bool operator==(const Key&) const = default;
  };
  // REQUIRES: `size` ASCII letters and digits lie at `at`, kBytesMax at most.
  [[nodiscard]] static Key key_at(std::string_view text, size_t at, size_t size) {
    char bytes[kBytesMax] = {};
    const bool has_all = text.size() - at >= kBytesMax;
    if (has_all) {
      std::memcpy(bytes, text.data() + at, kBytesMax);
    } else {
      std::memcpy(bytes, text.data() + at, size);
    }
    Key key;
    std::memcpy(&key.low, bytes, 8);
    std::memcpy(&key.high, bytes + 8, 8);
    return {lower(key.low & first_bytes(size)), lower(key.high & first_bytes(size < 8 ? 0 : size - 8))};
  }

  // REQUIRES: `words` at least as many as will be added.
  void reserve(size_t words) {
    const size_t slots = std::bit_ceil(words * 4 / 3 + 2);
    shift_ = 64 - std::countr_zero(slots);
    keys_.assign(slots, {});
    ids_.assign(slots, 0);
  }
  // REQUIRES: not there yet.
  void add(Key key, uint32_t id) {
    const size_t slot = slot_of(key);
    keys_[slot] = key;
    ids_[slot] = id;
  }
  // Where the key is, or would be; has() says which. Whoever only counts never reads an id.
  [[nodiscard]] size_t slot_of(Key key) const {
    const uint64_t mixed = (key.low ^ std::rotl(key.high * 0x9E3779B97F4A7C15ULL, 32)) * 0xD6E8FEB86659FD93ULL;
    size_t slot = mixed >> shift_;
    while (keys_[slot] != key && keys_[slot] != Key{}) slot = (slot + 1) & (keys_.size() - 1);
    return slot;
  }
  [[nodiscard]] bool has(size_t slot) const { return keys_[slot] != Key{}; }
  [[nodiscard]] uint32_t id(size_t slot) const { return ids_[slot]; }

 private:
  // Letters have the bit 0x40, which digits have not; the next lower bit makes them small.
  static uint64_t lower(uint64_t bytes) { return bytes | (bytes & 0x4040404040404040ULL) >> 1; }
  static uint64_t first_bytes(size_t count) { return count >= 8 ? UINT64_MAX : (1ULL << 8 * count) - 1; }

  int shift_ = 63;
  std::vector<Key> keys_ = std::vector<Key>(2);
  std::vector<uint32_t> ids_ = std::vector<uint32_t>(2);
};

}  // namespace custos::model
