#include "model/head/features.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace custos::model {
namespace {

NgramCounts counts_of(std::string_view text, const HeadFeatures& features = {}) {
  NgramHasher hasher(features);
  NgramCounts counts;
  hasher.count(text, counts);
  return counts;
}

std::set<uint32_t> buckets_of(std::string_view text) {
  const NgramCounts counts = counts_of(text);
  return {counts.buckets.begin(), counts.buckets.end()};
}

TEST(NgramHasher, FoldsCaseAccentsAndWhatIsInvisible) {
  EXPECT_EQ(buckets_of("Caf\xC3\xA9 NOW"), buckets_of("cafe now"));
  EXPECT_EQ(buckets_of("ca\xE2\x80\x8B"
                       "fe  now"),
            buckets_of("cafe now"));
  EXPECT_NE(buckets_of("now cafe"), buckets_of("cafe now"));
}

TEST(NgramHasher, CountsWordsPairsAndLetters) {
  const NgramCounts counts = counts_of("ab ab ab");
  // ab, ab ab; and of " ab ": " ab", "ab ", " ab "
  ASSERT_EQ(counts.words, 2u);
  ASSERT_EQ(counts.buckets.size(), 5u);
  EXPECT_EQ(counts.counts, (std::vector<uint16_t>{3, 2, 3, 3, 3}));
  EXPECT_LT(counts.buckets[1], 1u << 16);
  EXPECT_GE(counts.buckets[2], 1u << 16);
  EXPECT_LT(counts.buckets[4], 2u << 16);
}

TEST(NgramHasher, ForgetsTheTextBefore) {
  NgramHasher hasher({});
  NgramCounts first, second;
  hasher.count("one two", first);
  hasher.count("one two", second);
  EXPECT_EQ(first.buckets, second.buckets);
  EXPECT_EQ(first.counts, second.counts);
  hasher.count("", second);
  EXPECT_TRUE(second.buckets.empty());
}

TEST(NgramHasher, ReadsOnlyTheBeginningOfALongText) {
  const std::string longest(kNgramBytesMax, ' ');
  EXPECT_TRUE(buckets_of(longest + "word").empty());
}

TEST(Weigh, WordsAndLettersHaveTheLengthOneEach) {
  const NgramCounts counts = counts_of("one two two");
  std::vector<float> idf(2u << 16, 1.5f);
  idf[counts.buckets[0]] = 0;
  SparseRow row;
  weigh(counts, idf, row);
  EXPECT_EQ(row.buckets.size(), counts.buckets.size() - 1);
  double words = 0, letters = 0;
  for (size_t i = 0; i < row.buckets.size(); ++i) {
    (row.buckets[i] < 1u << 16 ? words : letters) += row.values[i] * row.values[i];
  }
  EXPECT_NEAR(words, 1, 1e-6);
  EXPECT_NEAR(letters, 1, 1e-6);
}

TEST(LayerPools, KeepMeansAndMaximaOverBatches) {
  LayerPools pools(1, 2, true);
  pools.begin(2);
  const LayerVisitor visit = pools.visitor();
  const std::vector<float> first = {1, 2, 3, -2}, second = {5, 6};
  const std::vector<uint32_t> two_rows = {0, 2}, one_row = {0, 1};
  visit(0, first, two_rows);
  visit(0, second, one_row);
  EXPECT_EQ(std::vector<float>(pools.row(0).begin(), pools.row(0).end()), (std::vector<float>{2, 0, 3, 2}));
  EXPECT_EQ(std::vector<float>(pools.row(1).begin(), pools.row(1).end()), (std::vector<float>{5, 6, 5, 6}));
}

}  // namespace
}  // namespace custos::model
