// A set of byte strings, walked byte by byte. Private to model/.
//
// A double array (Aoe, "An Efficient Digital Search Algorithm by Using a Double-Array Structure", 1989) whose children
// lie at `base ^ byte`, as in Yata's darts-clone: they stay in one block of 256 slots, so no step needs a bounds check.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace custos::model {

// Immutable; eight bytes a slot and four for its value.
class Trie {
 public:
  static constexpr uint32_t kRoot = 0;
  static constexpr uint32_t kNone = UINT32_MAX;
  static constexpr size_t kSlotsMax = 1 << 24;  // BERT's English vocabulary needs less than 2^17

  struct Entry {
    std::string_view key;
    uint32_t value = 0;
  };
  Trie() : slots_(256), values_(256, kNone) {}  // the empty set
  // kLimit where kSlotsMax do not do. REQUIRES: keys ascending, not empty, none there twice; values below kNone.
  [[nodiscard]] static Result<Trie> build(std::span<const Entry> entries);

  // Where `byte` leads from `node`, or kNone.
  [[nodiscard]] uint32_t next(uint32_t node, unsigned char byte) const {
    const uint32_t child = slots_[node].base ^ byte;
    return slots_[child].parent == node ? child : kNone;
  }
  [[nodiscard]] uint32_t walk(uint32_t node, std::string_view bytes) const {
    for (size_t i = 0; i < bytes.size() && node != kNone; ++i) node = next(node, static_cast<unsigned char>(bytes[i]));
    return node;
  }
  // Whether the bytes that lead from the root to `node` are a key, and its value, else kNone.
  [[nodiscard]] bool is_key(uint32_t node) const { return slots_[node].is_key; }
  [[nodiscard]] uint32_t value(uint32_t node) const { return values_[node]; }
  [[nodiscard]] uint32_t find(std::string_view key) const {
    const uint32_t node = walk(kRoot, key);
    return node == kNone ? kNone : value(node);
  }

 private:
  struct Slot {
    uint32_t parent = kNone;  // whose child this is; kNone of the root and of free slots
    uint32_t base : 31 = 0;
    uint32_t is_key : 1 = 0;
  };
  class Builder;

  std::vector<Slot> slots_;
  std::vector<uint32_t> values_;
};

}  // namespace custos::model
