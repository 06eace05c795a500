#include <gtest/gtest.h>

#include <string>

#include "query/rank/candidates.h"
#include "query/rank/near_identical.h"

namespace custos::query {
namespace {

std::string numbered_words(int from, int to) {
  std::string text;
  for (int i = from; i < to; ++i) text += "word" + std::to_string(i * 7919 % 1009) + " ";
  return text;
}

TEST(Fusion, WeighsBestWordMatchAgainstCosine) {
  std::vector<Candidate> candidates = {{.row = 1, .keyword = 10, .cosine = 0.2F},
                                       {.row = 2, .keyword = 0, .cosine = 0.9F},
                                       {.row = 3, .keyword = 5, .cosine = 0.9F}};
  fuse(candidates, 0.5, 0);
  EXPECT_EQ(candidates[0].row, 3U);
  EXPECT_FLOAT_EQ(candidates[0].score, 0.7F);
  EXPECT_EQ(candidates[1].row, 1U);
  EXPECT_FLOAT_EQ(candidates[1].score, 0.6F);
}

TEST(Fusion, FarFromTheIdealWordsSayLittle) {
  std::vector<Candidate> candidates = {{.row = 1, .keyword = 2, .cosine = 0.1F}, {.row = 2, .cosine = 0.5F}};
  fuse(candidates, 0.5, 20);
  EXPECT_EQ(candidates[0].row, 2U) << "2 of an ideal 20 is a word like \"to\"";
  fuse(candidates, 0.5, 3);
  EXPECT_EQ(candidates[0].row, 1U) << "2 of 3 is a match";
}

TEST(Fusion, EqualScoresStandInTheOrderOfIngestion) {
  std::vector<Candidate> candidates = {{.segment = 1, .row = 0}, {.segment = 0, .row = 9}, {.segment = 0, .row = 2}};
  fuse(candidates, 0.5, 0);
  EXPECT_EQ(candidates[0].row, 2U);
  EXPECT_EQ(candidates[2].segment, 1U);
}

TEST(Fusion, AskingForWordsAsSuchWeighsThemMore) {
  Plan plain;
  plain.words = 2;
  Plan phrase = plain;
  phrase.required = 2;
  Plan sentence;
  sentence.words = 12;
  EXPECT_GT(keyword_weight(phrase, 0.4), keyword_weight(plain, 0.4));
  EXPECT_LT(keyword_weight(sentence, 0.4), keyword_weight(plain, 0.4));
}

TEST(NearIdentical, CaseSpacingAndAFewWordsDoNotCount) {
  const std::string text = numbered_words(0, 300);
  std::string shouted = text;
  for (char& c : shouted) c = c == ' ' ? '\n' : static_cast<char>(std::toupper(c));
  EXPECT_TRUE(near_identical(sketch_of(text), sketch_of(shouted)));
  EXPECT_TRUE(near_identical(sketch_of(text), sketch_of(text + "one more")));
}

TEST(NearIdentical, HalfTheWordsAreNotEnough) {
  EXPECT_FALSE(near_identical(sketch_of(numbered_words(0, 300)), sketch_of(numbered_words(0, 150))));
  EXPECT_FALSE(near_identical(sketch_of(numbered_words(0, 300)), sketch_of(numbered_words(300, 600))));
  EXPECT_FALSE(near_identical(sketch_of("ok"), sketch_of("ok"))) << "two words say too little";
}

}  // namespace
}  // namespace custos::query
