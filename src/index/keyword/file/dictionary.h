// Looks terms up in a postings file: a search in the first keys of blocks, then one block is read.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "index/keyword/file/checked_file.h"
#include "index/keyword/file/term_entry.h"

namespace custos::index {

// Thread-safe. REQUIRES: the file outlives it.
class Dictionary {
 public:
  explicit Dictionary(const CheckedFile& file) : file_(&file) {}

  // An entry of no rows where the term is not there.
  [[nodiscard]] Result<TermEntry> find(std::string_view key) const;

  // False: enough.
  using Visit = std::function<bool(std::string_view key, const TermEntry& entry)>;
  // Every term whose key begins with `prefix`, ascending.
  [[nodiscard]] Status for_each(std::string_view prefix, const Visit& visit) const;

 private:
  struct Block;
  [[nodiscard]] Result<Block> block(uint32_t number) const;
  [[nodiscard]] Result<std::string_view> first_key(uint32_t number) const;
  // The last block whose first key is not above `key`; 0 where there is none. REQUIRES: there are blocks.
  [[nodiscard]] Result<uint32_t> block_for(std::string_view key) const;

  const CheckedFile* file_;
};

}  // namespace custos::index
