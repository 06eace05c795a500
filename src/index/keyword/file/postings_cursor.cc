#include "index/keyword/file/postings_cursor.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "index/keyword/file/postings_file.h"

namespace custos::index {

PostingsCursor::PostingsCursor(const PostingsFile& file, const TermEntry& entry, Failure& failure)
    : file_(&file), entry_(entry), failure_(&failure) {
  block_.count = 0;
  if (entry.rows == 0) return;
  blocks_ = (entry.rows + kBlockRows - 1) / kBlockRows;
  if (blocks_ > 1) {
    const uint64_t size = uint64_t{blocks_} * sizeof(BlockSkip);
    if (size > entry.postings_size) {
      fail("the skips of a term are cut");
      return;
    }
    const auto skips = file.file().read(kPostings, entry.postings_at, size);
    if (!skips.ok()) {
      failure.set(skips.error());
      blocks_ = 0;
      return;
    }
    skips_ = *skips;
  }
  load(0);
}

void PostingsCursor::fail(std::string_view what) {
  failure_->set(file_->file().corrupt(kPostings, entry_.postings_at, what));
  row_ = kNoRow;
  block_.count = at_ = 0;
  block_number_ = blocks_;
}

BlockSkip PostingsCursor::skip(uint32_t block) const {
  BlockSkip skip;
  std::memcpy(&skip, skips_.data() + block * sizeof skip, sizeof skip);
  return skip;
}

void PostingsCursor::load(uint32_t block) {
  block_number_ = block;
  at_ = 0;
  row_ = kNoRow;
  block_.count = 0;
  has_frequencies_ = has_positions_ = false;
  if (block >= blocks_) return;
  uint64_t begin = 0;
  uint64_t end = entry_.postings_size - skips_.size();
  uint32_t before = kNoRow;
  if (blocks_ > 1) {
    end = skip(block).rows_end;
    if (block > 0) begin = skip(block - 1).rows_end;
    if (block > 0) before = skip(block - 1).last_row;
  }
  if (begin > end || end > entry_.postings_size - skips_.size()) return fail("blocks of a term are out of order");
  const auto bytes = file_->file().read(kPostings, entry_.postings_at + skips_.size() + begin, end - begin);
  if (!bytes.ok()) {
    failure_->set(bytes.error());
    blocks_ = 0;
    return;
  }
  const uint32_t count = std::min(kBlockRows, entry_.rows - block * kBlockRows);
  size_t used = 0;
  if (!decode_rows(*bytes, before, count, file_->rows(), block_, used)) return fail("rows of a term cannot be read");
  if (blocks_ > 1 && block_.rows[count - 1] != skip(block).last_row) return fail("a skip does not fit its block");
  packed_frequencies_ = bytes->substr(used);
  if (!entry_.has_positions && !packed_frequencies_.empty()) return fail("a block is too long");
  row_ = block_.rows[0];
}

void PostingsCursor::next_block() { load(block_number_ + 1); }

void PostingsCursor::seek(uint32_t row) {
  if (row_ == kNoRow || row_ >= row) return;
  if (blocks_ > 1 && skip(block_number_).last_row < row) {
    uint32_t low = block_number_ + 1;
    uint32_t high = blocks_;
    while (low < high) {
      const uint32_t middle = low + (high - low) / 2;
      if (skip(middle).last_row < row) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    load(low);
    if (row_ == kNoRow) return;
  }
  const auto begin = block_.rows.begin();
  at_ = static_cast<uint32_t>(std::lower_bound(begin + at_, begin + block_.count, row) - begin);
  if (at_ < block_.count) {
    row_ = block_.rows[at_];
  } else {
    next_block();
  }
}

bool PostingsCursor::load_frequencies() {
  if (has_frequencies_) return true;
  if (!decode_frequencies(packed_frequencies_, block_)) {
    fail("frequencies of a term cannot be read");
    return false;
  }
  uint32_t first = 0;
  for (uint32_t i = 0; i < block_.count; ++i) {
    first_frequency_[i] = static_cast<uint16_t>(first);
    first += static_cast<uint32_t>(std::popcount(block_.fields[i]));
  }
  first_frequency_[block_.count] = static_cast<uint16_t>(first);
  has_frequencies_ = true;
  return true;
}

PostingsCursor::BlockFrequencies PostingsCursor::block_frequencies() {
  if (!load_frequencies()) return {};
  return {block_.fields.data() + at_, block_.frequency.data() + first_frequency_[at_]};
}

Frequencies PostingsCursor::frequency() {
  Frequencies frequency{};
  if (!load_frequencies()) return frequency;
  const uint32_t* number = block_.frequency.data() + first_frequency_[at_];
  for (unsigned bits = block_.fields[at_]; bits != 0; bits &= bits - 1) {
    frequency[static_cast<size_t>(std::countr_zero(bits))] = *number++;
  }
  return frequency;
}

bool PostingsCursor::load_positions() {
  if (has_positions_) return true;
  const uint64_t begin = blocks_ > 1 && block_number_ > 0 ? skip(block_number_ - 1).positions_end : 0;
  const uint64_t end = blocks_ > 1 ? skip(block_number_).positions_end : entry_.positions_size;
  if (begin > end || end > entry_.positions_size) {
    fail("positions of a term are out of order");
    return false;
  }
  const auto bytes = file_->file().read(kPositions, entry_.positions_at + begin, end - begin);
  if (!bytes.ok()) {
    failure_->set(bytes.error());
    return false;
  }
  positions_at_ = bytes->data();
  positions_end_ = positions_at_ + bytes->size();
  positions_done_ = 0;
  has_positions_ = true;
  return true;
}

// Passes over the positions of `count` numbers of block_.frequency.
bool PostingsCursor::skip_positions(size_t count) {
  uint64_t numbers = 0;
  for (; count > 0; --count) numbers += block_.frequency[positions_done_++];
  while (numbers > 0 && positions_at_ < positions_end_) {
    numbers -= static_cast<unsigned char>(*positions_at_++) < 0x80 ? 1 : 0;
  }
  return numbers == 0;
}

void PostingsCursor::positions(Field field, std::vector<uint32_t>& out) {
  if (row_ == kNoRow || !load_frequencies()) return;
  const auto bit = 1u << static_cast<uint8_t>(field);
  if ((block_.fields[at_] & bit) == 0) return;
  const size_t number = first_frequency_[at_] + static_cast<size_t>(std::popcount(block_.fields[at_] & (bit - 1)));
  if (has_positions_ && positions_done_ > number) has_positions_ = false;
  if (!load_positions()) return;
  bool is_whole = skip_positions(number - positions_done_);
  uint64_t position = 0;
  for (uint32_t i = 0; is_whole && i < block_.frequency[number]; ++i) {
    uint64_t step = 0;
    is_whole =
        take_varint(positions_at_, positions_end_, step) && step <= kPositionMax && position + step <= kPositionMax;
    position += step;
    if (is_whole) out.push_back(static_cast<uint32_t>(position));
  }
  ++positions_done_;
  if (!is_whole) fail("positions of a term cannot be read");
}

}  // namespace custos::index
