#include "store/local/merge_plan.h"

#include <algorithm>

#include "store/reindex.h"

namespace custos::store {
namespace {

uint32_t tier_of(uint64_t messages) {
  uint32_t tier = 0;
  for (; messages >= kMergeFactor; messages /= kMergeFactor) ++tier;
  return tier;
}

// The shortest range from `begin` on with kMergeFactor of `tier`; empty where something is in the way.
MergeRange range_from(std::span<const MergeCandidate> segments, size_t begin, uint32_t tier) {
  uint32_t found = 0;
  uint64_t messages = 0;
  uint64_t postings_bytes = 0;
  for (size_t at = begin; at < segments.size(); ++at) {
    const MergeCandidate& segment = segments[at];
    messages += segment.messages;
    postings_bytes += segment.postings_bytes;
    if (segment.kind != segments[begin].kind || tier_of(segment.messages) > tier || messages > kMergedMessagesMax ||
        postings_bytes > kMergedPostingsBytesMax) {
      return {};
    }
    found += tier_of(segment.messages) == tier ? 1 : 0;
    if (found == kMergeFactor) return {begin, at + 1};
  }
  return {};
}

}  // namespace

MergeRange choose_merge(std::span<const MergeCandidate> segments) {
  const uint32_t highest = tier_of(kMergedMessagesMax);
  for (uint32_t tier = 0; tier <= highest; ++tier) {
    for (size_t begin = 0; begin < segments.size(); ++begin) {
      if (tier_of(segments[begin].messages) != tier) continue;
      const MergeRange range = range_from(segments, begin, tier);
      if (range.begin != range.end) return range;
    }
  }
  return {};
}

}  // namespace custos::store
