// Which segments to merge next.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace custos::store {

struct MergeCandidate {
  uint64_t messages = 0;
  uint64_t bytes = 0;
  std::string kind;  // only equal kinds may be merged: the same stages, indexes and model made them
};

inline constexpr uint64_t kMergedMessagesMax = 1 << 20;
// Of all files. A merge makes its postings anew and holds them in memory: this keeps it near what ingesting one segment
// takes, however large the archive. So segments of pipeline.segment_messages stay as they are, and small ones, which
// frequent commits leave, become as large.
inline constexpr uint64_t kMergedBytesMax = 256ULL << 20;

struct MergeRange {
  size_t begin = 0;
  size_t end = 0;  // begin == end: nothing to merge
};

// Neighbours only, so that a segment stays a range of keys: the first and shortest row of them in which kMergeFactor
// are of one tier and none of a higher one, lowest tier first. Tier t holds from kMergeFactor^t messages on. Every
// message is written again once a tier.
[[nodiscard]] MergeRange choose_merge(std::span<const MergeCandidate> segments);

}  // namespace custos::store
