#include "index/vector/code_scan.h"

#include <algorithm>

namespace custos::index {
namespace {

constexpr uint32_t kNear = 4;  // vectors: the machine itself reads ahead as far

}  // namespace

void CodeScan::enter_group(uint32_t group) {
  finish_batch();
  group_number_ = group;
  group_ = map_.group(group);
  cursor_ = 0;
  block_end_ = 0;
}

void CodeScan::scan_all() {
  for (uint32_t group = 0; group < map_.groups(); ++group) {
    enter_group(group);
    while (cursor_ < group_.rows.size()) add_to_batch(cursor_++);
  }
  finish_batch();
}

void CodeScan::scan_rows(const RowSet& allowed) {
  enter_group(0);
  bool more = true;
  allowed.for_each([&](uint32_t row) {
    const uint32_t before = cursor_;
    more = more && seek_row(row);
    if (!more) return;
    if (cursor_ - before > kNear) prefetch();
    while (more && group_.rows[cursor_] == row) {
      add_to_batch(cursor_++);
      if (cursor_ == group_.rows.size()) more = seek_row(row);
    }
  });
  finish_batch();
}

void CodeScan::prefetch() const {
  const int8_t* const codes = group_.codes + size_t{cursor_} * map_.layout().stride;
  for (uint32_t byte = 0; byte < map_.layout().stride; byte += kVectorAlignment) __builtin_prefetch(codes + byte);
  __builtin_prefetch(&group_.scales[cursor_]);
}

// Gallops, since allowed rows may be neighbours or far apart.
bool CodeScan::seek_row(uint32_t row) {
  if (cursor_ == group_.rows.size() || group_.rows.back() < row) {
    const uint32_t from = group_number_ + 1;
    const uint32_t next = map_.group_with_row(row, from);
    if (next == map_.groups()) return false;
    enter_group(next);
  }
  const auto rows = group_.rows;
  size_t step = 1;
  size_t end = cursor_;
  while (end < rows.size() && rows[end] < row) {
    cursor_ = static_cast<uint32_t>(end);
    end += step;
    step *= 2;
  }
  const auto last = rows.begin() + static_cast<std::ptrdiff_t>(std::min(end, rows.size()));
  cursor_ = static_cast<uint32_t>(std::lower_bound(rows.begin() + cursor_, last, row) - rows.begin());
  return true;
}

void CodeScan::add_to_batch(uint32_t within_group) {
  if (within_group >= block_end_) {
    const uint32_t block = within_group / map_.layout().per_block;
    block_end_ = (block + 1) * map_.layout().per_block;
    block_is_sound_ = map_.is_sound(Plane::kCodes, group_number_ * kVectorBlocksPerGroup + block);
  }
  if (!block_is_sound_) return;
  batch_[batched_++] = within_group;
  if (batched_ == kBatchMax) finish_batch();
}

void CodeScan::finish_batch() {
  if (batched_ == 0) return;
  kernel_(query_, group_.codes, {batch_.data(), batched_}, dots_.data());
  for (uint32_t begin = 0; begin < batched_; begin += kSliceMax) {
    offer_slice(begin, std::min(begin + kSliceMax, batched_));
  }
  batched_ = 0;
}

// Most slices have nothing above the threshold, which one pass without a branch finds out.
void CodeScan::offer_slice(uint32_t begin, uint32_t end) {
  const uint32_t count = end - begin;
  const float threshold = heap_.threshold();
  uint32_t above = 0;
  for (uint32_t i = 0; i < count; ++i) scores_[i] = group_.scales[batch_[begin + i]];
  for (uint32_t i = 0; i < count; ++i) {
    scores_[i] *= static_cast<float>(dots_[begin + i]);
    above |= static_cast<uint32_t>(scores_[i] > threshold);
  }
  if (above == 0) return;
  for (uint32_t i = 0; i < count; ++i) {
    if (scores_[i] > heap_.threshold()) heap_.add({scores_[i], group_.first + batch_[begin + i]});
  }
}

}  // namespace custos::index
