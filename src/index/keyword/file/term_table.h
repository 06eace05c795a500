// The terms of a segment while it is written: a flat hash table of keys, and for each term the chain of its
// occurrences. Private to file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/word_key.h"
#include "index/keyword/file/byte_chains.h"
#include "index/keyword/file/format.h"

namespace custos::index {

inline constexpr uint32_t kNoTerm = UINT32_MAX;

struct WrittenTerm {
  uint32_t key_at = 0;
  uint8_t key_size = 0;
  uint8_t last_field = 0;
  uint32_t rows = 0;
  uint32_t last_row = kNoRow;
  uint32_t last_position = 0;
  ByteChain chain;
};

// For one thread. Open addressing, at most half full; term numbers ascend from 0.
class TermTable {
 public:
  TermTable();

  // Where a term is looked for. Brings the place nearer: look a little later, and it has come.
  struct Place {
    uint64_t key;
    uint64_t hash;
  };
  [[nodiscard]] Place place(char space, std::string_view key) const;

  // The number of the term, which is added where it is not known. REQUIRES: key.size() < kKeyBytesMax; the place is the
  // term's.
  [[nodiscard]] uint32_t find_or_add(char space, std::string_view key, Place place);
  [[nodiscard]] uint32_t find_or_add(char space, std::string_view key) {
    return find_or_add(space, key, place(space, key));
  }
  // kNoTerm where it is not known.
  [[nodiscard]] uint32_t find(char space, std::string_view key) const;

  [[nodiscard]] WrittenTerm& term(uint32_t number) { return terms_[number]; }
  void prefetch(uint32_t number) const { __builtin_prefetch(&terms_[number], 1); }
  [[nodiscard]] const WrittenTerm& term(uint32_t number) const { return terms_[number]; }
  [[nodiscard]] std::string_view key(uint32_t number) const {
    return {keys_.data() + terms_[number].key_at, terms_[number].key_size};
  }
  [[nodiscard]] size_t size() const { return terms_.size(); }
  [[nodiscard]] uint64_t key_bytes() const { return keys_.size(); }

  // All numbers, by key.
  [[nodiscard]] std::vector<uint32_t> sorted() const;

 private:
  struct Slot {
    uint64_t key = 0;
    uint32_t term = kNoTerm;
  };
  // Of the term, or the empty one where it belongs.
  [[nodiscard]] size_t slot_of(char space, std::string_view key, Place place) const;
  void grow();

  WordKeys words_;
  std::vector<Slot> slots_;
  std::vector<WrittenTerm> terms_;
  std::string keys_;
};

}  // namespace custos::index
