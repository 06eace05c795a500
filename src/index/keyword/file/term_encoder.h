// Turns a term's chain of occurrences into blocks of 128 rows. Private to file.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "index/keyword/file/block_codec.h"
#include "index/keyword/file/dictionary_writer.h"
#include "index/keyword/file/segment_postings.h"

namespace custos::index {

class TermEncoder {
 public:
  explicit TermEncoder(const SegmentPostings& segment) : segment_(segment) {}

  // Appends to postings() and positions().
  [[nodiscard]] TermSizes encode(uint32_t term);
  [[nodiscard]] const std::string& postings() const { return postings_; }
  [[nodiscard]] const std::string& positions() const { return positions_; }

 private:
  void encode_rows(const WrittenTerm& term);
  void encode_words(const WrittenTerm& term);
  void end_row(uint32_t row);
  void end_field(uint32_t row, uint32_t field, uint32_t frequency);
  void end_block();
  [[nodiscard]] uint32_t class_rows(uint32_t term, uint32_t rows);
  void read_rows(const WrittenTerm& term, std::vector<uint32_t>& rows);

  // Of the term in the row that is being read.
  struct Occurrence {
    uint32_t field;
    uint32_t position;
  };

  const SegmentPostings& segment_;
  std::string postings_;
  std::string positions_;

  // Of the current term.
  bool has_positions_ = false;
  size_t skips_at_ = 0;  // in postings_
  size_t skip_count_ = 0;
  size_t skips_done_ = 0;
  size_t positions_at_ = 0;
  size_t positions_end_ = 0;  // what is written of positions_, which is longer in between
  uint32_t row_before_ = kNoRow;
  PostingsBlock block_;
  size_t frequencies_ = 0;
  BlockSkip skip_;
  std::vector<Occurrence> occurrences_;
  std::vector<uint32_t> stem_rows_, word_rows_;
  std::string gathered_;
};

}  // namespace custos::index
