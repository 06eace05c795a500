// Walks the rows of one term in one segment.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "index/keyword/file/block_codec.h"
#include "index/keyword/file/term_entry.h"

namespace custos::index {

class PostingsFile;

// The first of the errors that cursors met: a cursor that meets one is at its end.
class Failure {
 public:
  void set(Error error) {
    if (!first_) first_ = std::move(error);
  }
  [[nodiscard]] Status status() const { return first_ ? Status(*first_) : Status(); }

 private:
  std::optional<Error> first_;
};

using Frequencies = std::array<uint32_t, kTextFields>;

// For one thread. REQUIRES: file and failure outlive it.
class PostingsCursor {
 public:
  PostingsCursor(const PostingsFile& file, const TermEntry& entry, Failure& failure);

  // kNoRow at the end.
  [[nodiscard]] uint32_t row() const { return row_; }
  void next() {
    if (++at_ < block_.count) {
      row_ = block_.rows[at_];
    } else {
      next_block();
    }
  }
  // To the first row >= `row`, passing over blocks by their last rows.
  void seek(uint32_t row);

  // The current block's rows, of which the current one and those behind it are to come.
  [[nodiscard]] std::span<const uint32_t> block_rows() const { return {block_.rows.data() + at_, block_.count - at_}; }
  void next_block();
  // Of block_rows(): the fields of each as bits, and a frequency for each bit. Null pointers after an error.
  struct BlockFrequencies {
    const uint8_t* fields = nullptr;
    const uint32_t* frequency = nullptr;
  };
  [[nodiscard]] BlockFrequencies block_frequencies();

  // Of the current row. REQUIRES: row() != kNoRow and the term is a word or a stem.
  [[nodiscard]] Frequencies frequency();
  // The fields that have it, as bits.
  [[nodiscard]] uint8_t fields() {
    const BlockFrequencies block = block_frequencies();
    return block.fields == nullptr ? uint8_t{0} : *block.fields;
  }
  // Appends the positions, ascending.
  void positions(Field field, std::vector<uint32_t>& out);

 private:
  void load(uint32_t block);
  void fail(std::string_view what);
  [[nodiscard]] bool load_frequencies();
  [[nodiscard]] bool load_positions();
  [[nodiscard]] bool skip_positions(size_t count);
  [[nodiscard]] BlockSkip skip(uint32_t block) const;

  const PostingsFile* file_;
  TermEntry entry_;
  Failure* failure_;
  std::string_view skips_;
  uint32_t blocks_ = 0;
  uint32_t block_number_ = 0;
  uint32_t at_ = 0;
  uint32_t row_ = kNoRow;
  std::string_view packed_frequencies_;
  bool has_frequencies_ = false;
  PostingsBlock block_;
  std::array<uint16_t, kBlockRows + 1> first_frequency_;  // of each row in block_.frequency

  // Positions are read on from where the last ones ended.
  bool has_positions_ = false;
  const char* positions_at_ = nullptr;
  const char* positions_end_ = nullptr;
  size_t positions_done_ = 0;  // numbers of block_.frequency that were passed
};

}  // namespace custos::index
