// One pass over the codes of a vector file, or over those of the rows that are allowed.
#pragma once

#include <array>
#include <cstdint>

#include "index/row_set.h"
#include "index/vector/candidate_heap.h"
#include "index/vector/dot_kernel.h"
#include "index/vector/quantize.h"
#include "index/vector/vector_map.h"

namespace custos::index {

// For one thread and one pass. Vectors in damaged blocks are left out.
class CodeScan {
 public:
  // REQUIRES: all outlive it; map.size() > 0.
  CodeScan(const VectorMap& map, const PreparedQuery& query, DotKernel kernel, CandidateHeap& heap)
      : map_(map), query_(query), kernel_(kernel), heap_(heap) {}

  void scan_all();
  // Reads no codes but those of rows in `allowed`.
  void scan_rows(const RowSet& allowed);

 private:
  static constexpr uint32_t kBatchMax = 512;  // vectors that one call of the kernel takes
  static constexpr uint32_t kSliceMax = 64;   // vectors that are compared with the threshold together

  // Moves on to the first vector of `row` or a greater one; false where there is none.
  bool seek_row(uint32_t row);
  // Of the vector at the cursor, since the kernel comes to it only when its batch is full.
  void prefetch() const;
  void enter_group(uint32_t group);
  void add_to_batch(uint32_t within_group);
  void finish_batch();
  void offer_slice(uint32_t begin, uint32_t end);

  const VectorMap& map_;
  const PreparedQuery& query_;
  DotKernel kernel_;
  CandidateHeap& heap_;

  uint32_t group_number_ = 0;
  VectorGroup group_;
  uint32_t cursor_ = 0;          // in the group
  bool block_is_sound_ = false;  // the block that was looked at last …
  uint32_t block_end_ = 0;       // … and its end in the group; 0 where none was
  uint32_t batched_ = 0;
  std::array<uint32_t, kBatchMax> batch_{};  // numbers in the group
  std::array<int32_t, kBatchMax> dots_{};
  std::array<float, kSliceMax> scores_{};
};

}  // namespace custos::index
