// The distinct tokens of a row group, numbered by first occurrence: what Parquet writes as the column's dictionary.
#pragma once

#include <arrow/array.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/word_key.h"
#include "document/token_list.h"

namespace custos::columns {

// A hash table with open addressing. Tokens of up to seven bytes, most of all, are their own keys: finding one reads
// one slot and nothing else. Keeps its memory from row group to row group.
class TokenDictionary {
 public:
  TokenDictionary();

  // Appends the tokens' numbers. What is not UTF-8 is repaired as append_text does.
  void number(const document::TokenList& tokens, std::vector<int32_t>& numbers);
  // Views this dictionary's memory: valid until the next call of number or clear.
  [[nodiscard]] std::shared_ptr<arrow::Array> array() const;
  void clear();

 private:
  struct Slot {
    uint64_t key = 0;  // 0: empty
    int32_t number = 0;
  };

  // The slot that has the token, or the empty one where it belongs.
  [[nodiscard]] size_t find(std::string_view token, uint64_t key, size_t slot) const;
  [[nodiscard]] bool is_same(const Slot& slot, uint64_t key, std::string_view token) const {
    return slot.key == key && (WordKeys::is_exact(key) || has_bytes(slot.number, token));
  }
  [[nodiscard]] bool has_bytes(int32_t number, std::string_view token) const;
  int32_t number_of(std::string_view token, uint64_t key);
  [[nodiscard]] size_t slot_of(uint64_t key) const { return keys_.hash(key) & (slots_.size() - 1); }
  int32_t add(size_t slot, uint64_t key, std::string_view token);
  void grow();

  WordKeys keys_;
  std::vector<Slot> slots_;
  std::string bytes_;
  std::vector<int32_t> offsets_;  // of each token, and the end
};

}  // namespace custos::columns
