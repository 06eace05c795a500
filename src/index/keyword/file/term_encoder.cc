#include "index/keyword/file/term_encoder.h"

#include <algorithm>
#include <cstring>

namespace custos::index {

TermSizes TermEncoder::encode(uint32_t number) {
  const WrittenTerm& term = segment_.table.term(number);
  const char space = segment_.table.key(number)[0];
  const size_t postings_before = postings_.size();
  positions_at_ = positions_end_ = positions_.size();
  has_positions_ = has_positions(space);
  const size_t blocks = (term.rows + kBlockRows - 1) / kBlockRows;
  skip_count_ = blocks > 1 ? blocks : 0;
  skips_done_ = 0;
  skips_at_ = postings_.size();
  postings_.append(skip_count_ * sizeof(BlockSkip), '\0');
  row_before_ = kNoRow;
  block_.count = 0;
  frequencies_ = 0;
  skip_ = {};
  if (has_positions_) {
    encode_words(term);
  } else {
    encode_rows(term);
  }
  end_block();
  return {term.rows, space == kStemSpace ? class_rows(number, term.rows) : 0, postings_.size() - postings_before,
          positions_.size() - positions_at_};
}

void TermEncoder::encode_rows(const WrittenTerm& term) {
  const std::string_view chain = segment_.arena.bytes(term.chain, gathered_);
  uint32_t next = 0;
  for (const char* at = chain.data(); at != chain.data() + chain.size();) {
    const uint32_t row = next + static_cast<uint32_t>(read_varint(at));
    block_.rows[block_.count++] = row;
    if (block_.count == kBlockRows) end_block();
    next = row + 1;
  }
}

void TermEncoder::encode_words(const WrittenTerm& term) {
  const std::string_view chain = segment_.arena.bytes(term.chain, gathered_);
  // No position takes more bytes than its code in the chain.
  positions_.resize(positions_at_ + chain.size());
  positions_end_ = positions_at_;
  uint32_t row = kNoRow;
  for (const char* at = chain.data(); at != chain.data() + chain.size();) {
    const uint64_t code = read_varint(at);
    const auto field = static_cast<uint32_t>(code >> 1 & 3);
    auto position = static_cast<uint32_t>(code >> 3);
    if ((code & 1) != 0) {
      if (row != kNoRow) end_row(row);
      row = row + 1 + static_cast<uint32_t>(read_varint(at));
    } else if (field == occurrences_.back().field) {
      position += occurrences_.back().position;
    }
    occurrences_.push_back({field, position});
  }
  if (row != kNoRow) end_row(row);
  positions_.resize(positions_end_);
}

void TermEncoder::end_row(uint32_t row) {
  const auto by_field = [](const Occurrence& a, const Occurrence& b) { return a.field < b.field; };
  if (!std::ranges::is_sorted(occurrences_, by_field)) std::ranges::stable_sort(occurrences_, by_field);
  block_.rows[block_.count] = row;
  block_.fields[block_.count] = 0;
  char* out = positions_.data() + positions_end_;
  for (auto at = occurrences_.begin(); at != occurrences_.end();) {
    const uint32_t field = at->field;
    uint32_t before = 0;
    uint32_t frequency = 0;
    for (; at != occurrences_.end() && at->field == field; ++at, ++frequency) {
      out = write_varint(out, at->position - before);
      before = at->position;
    }
    end_field(row, field, frequency);
  }
  positions_end_ = static_cast<size_t>(out - positions_.data());
  occurrences_.clear();
  if (++block_.count == kBlockRows) end_block();
}

void TermEncoder::end_field(uint32_t row, uint32_t field, uint32_t frequency) {
  const uint8_t length_code = segment_.length_codes[row][field];
  const bool is_first = skip_.frequency[field] == 0;
  block_.fields[block_.count] |= static_cast<uint8_t>(1 << field);
  block_.frequency[frequencies_++] = frequency;
  skip_.length_code[field] = is_first ? length_code : std::min(skip_.length_code[field], length_code);
  skip_.frequency[field] = std::max(skip_.frequency[field], static_cast<uint8_t>(std::min(frequency, 255u)));
}

void TermEncoder::end_block() {
  if (block_.count == 0) return;
  encode_block(block_, row_before_, has_positions_, postings_);
  row_before_ = block_.rows[block_.count - 1];
  block_.count = 0;
  frequencies_ = 0;
  if (skip_count_ > 0) {
    skip_.last_row = row_before_;
    skip_.rows_end = static_cast<uint32_t>(postings_.size() - skips_at_ - skip_count_ * sizeof(BlockSkip));
    skip_.positions_end = static_cast<uint32_t>(positions_end_ - positions_at_);
    std::memcpy(postings_.data() + skips_at_ + skips_done_++ * sizeof(BlockSkip), &skip_, sizeof skip_);
  }
  skip_ = {};
}

void TermEncoder::read_rows(const WrittenTerm& term, std::vector<uint32_t>& rows) {
  rows.clear();
  const std::string_view chain = segment_.arena.bytes(term.chain, gathered_);
  uint32_t row = kNoRow;
  for (const char* at = chain.data(); at != chain.data() + chain.size();) {
    if ((read_varint(at) & 1) == 0) continue;
    row = row + 1 + static_cast<uint32_t>(read_varint(at));
    rows.push_back(row);
  }
}

// Rows with the stem, or with the word that is spelled like the stem and so was not indexed as one.
uint32_t TermEncoder::class_rows(uint32_t stem, uint32_t rows) {
  const uint32_t word = segment_.table.find(kWordSpace, segment_.table.key(stem).substr(1));
  if (word == kNoTerm) return rows;
  read_rows(segment_.table.term(stem), stem_rows_);
  read_rows(segment_.table.term(word), word_rows_);
  size_t both = 0;
  for (size_t i = 0, j = 0; i < stem_rows_.size() && j < word_rows_.size();) {
    both += stem_rows_[i] == word_rows_[j] ? 1 : 0;
    const bool is_behind = stem_rows_[i] < word_rows_[j];
    if (stem_rows_[i] <= word_rows_[j]) ++i;
    if (!is_behind) ++j;
  }
  return static_cast<uint32_t>(stem_rows_.size() + word_rows_.size() - both);
}

}  // namespace custos::index
