// Which segments to merge next.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace custos::store {

struct MergeCandidate {
  uint64_t messages = 0;
  uint64_t postings_bytes = 0;
  std::string kind;  // only equal kinds may be merged: the same stages, indexes and model made them
};

inline constexpr uint64_t kMergedMessagesMax = 1 << 20;
// A merge makes its postings anew and holds them in memory, in about twice as many bytes: this bounds it, however large
// the archive. So segments of pipeline.segment_messages mostly stay as they are; small ones, which frequent commits
// leave, are merged.
inline constexpr uint64_t kMergedPostingsBytesMax = 96ULL << 20;

struct MergeRange {
  size_t begin = 0;
  size_t end = 0;  // begin == end: nothing to merge
};

// Neighbours only, so that a segment stays a range of keys: the first and shortest row of them in which kMergeFactor
// are of one tier and none of a higher one, lowest tier first. Tier t holds from kMergeFactor^t messages on. Every
// message is written again once a tier.
[[nodiscard]] MergeRange choose_merge(std::span<const MergeCandidate> segments);

}  // namespace custos::store
