#include "store/local/merge_plan.h"

#include <gtest/gtest.h>

#include <vector>

namespace custos::store {
namespace {

std::vector<MergeCandidate> of(std::vector<uint64_t> messages) {
  std::vector<MergeCandidate> all;
  for (const uint64_t count : messages) all.push_back({count, count * 1000, "a"});
  return all;
}

void expect_range(const std::vector<MergeCandidate>& candidates, size_t begin, size_t end) {
  const MergeRange range = choose_merge(candidates);
  EXPECT_EQ(range.begin, begin);
  EXPECT_EQ(range.end, end);
}

TEST(MergePlan, TakesNeighboursOfOneSize) {
  expect_range(of({}), 0, 0);
  expect_range(of({9, 9, 9, 9, 9, 9, 9}), 0, 0);
  expect_range(of({9, 9, 9, 9, 9, 9, 9, 9, 9}), 0, 8);
  expect_range(of({9000, 1, 1, 1, 1, 1, 1, 1, 1}), 1, 9);
  expect_range(of({9000, 1, 1, 1, 1, 1, 1, 1}), 0, 0);
}

TEST(MergePlan, TakesSmallOnesBetweenAndNeverLargerOnes) {
  expect_range(of({9, 9, 1, 9, 9, 9, 9, 9, 9}), 0, 9);
  expect_range(of({9, 9, 9, 9, 9000, 9, 9, 9, 9}), 0, 0);
}

TEST(MergePlan, HoldsNoMorePostingsInMemoryThanAllowed) {
  auto segments = of({9, 9, 9, 9, 9, 9, 9, 9});
  for (MergeCandidate& segment : segments) segment.postings_bytes = kMergedPostingsBytesMax / 8;
  expect_range(segments, 0, 8);
  ++segments[3].postings_bytes;
  expect_range(segments, 0, 0);
}

TEST(MergePlan, KeepsKindsApartAndStopsAtTheLargestSize) {
  auto kinds = of({9, 9, 9, 9, 9, 9, 9, 9, 9});
  kinds[4].kind = "b";
  expect_range(kinds, 0, 0);
  expect_range(of({200'000, 200'000, 200'000, 200'000, 200'000, 200'000, 200'000, 200'000}), 0, 0);
}

}  // namespace
}  // namespace custos::store
