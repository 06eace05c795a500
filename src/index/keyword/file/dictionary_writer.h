// The sorted terms of a segment in blocks of 32, each key without what it shares with the one before. Private to file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "index/keyword/file/format.h"

namespace custos::index {

struct TermSizes {
  uint32_t rows = 0;
  uint32_t class_rows = 0;  // of a stem: rows with the stem or with the word that is spelled like it
  uint64_t postings = 0;    // bytes
  uint64_t positions = 0;
};

class DictionaryWriter {
 public:
  // REQUIRES: keys ascend.
  void add(std::string_view key, const TermSizes& sizes);
  [[nodiscard]] const std::string& blocks() const { return blocks_; }
  [[nodiscard]] uint32_t block_count() const { return static_cast<uint32_t>(index_.size()); }
  [[nodiscard]] uint64_t terms() const { return terms_; }
  [[nodiscard]] std::string index() const;

 private:
  std::string blocks_;
  std::vector<DictionaryBlock> index_;
  std::string first_keys_;
  std::string last_key_;
  uint64_t terms_ = 0;
  uint64_t postings_at_ = 0;
  uint64_t positions_at_ = 0;
};

}  // namespace custos::index
