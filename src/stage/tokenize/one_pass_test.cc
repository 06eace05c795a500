#include "stage/tokenize/one_pass.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "stage/tokenize/word_splitter.h"

namespace custos::stage {
namespace {

using testing::ElementsAre;

document::TokenList one_pass(const Word& word) {
  document::TokenList out;
  split_in_one_pass(word, out);
  return out;
}

TEST(OnePass, LeavesToTheCarefulRulesWhatTheyMustSee) {
  for (const char* odd : {"'tis", "boys'", "it's''", "\"\"a", "`a", "(gonna)", "d'ye", "rock'n'roll", "“a”"}) {
    EXPECT_FALSE(fits_one_pass(scan_word(odd, 0, Edge::kSpace))) << odd;
  }
  Word before_tag = scan_word("it's", 0, Edge::kSpace);
  EXPECT_TRUE(fits_one_pass(before_tag));
  before_tag.after = Edge::kTag;
  EXPECT_FALSE(fits_one_pass(before_tag));
}

TEST(OnePass, CutsCliticsAndMarks) {
  EXPECT_THAT(one_pass(scan_word("(they'll,", 0, Edge::kSpace)), ElementsAre("(", "they", "'ll", ","));
  EXPECT_THAT(one_pass(scan_word("can't!?", 0, Edge::kSpace)), ElementsAre("ca", "n't", "!", "?"));
  EXPECT_THAT(one_pass(scan_word("'s", 0, Edge::kTag)), ElementsAre("'s"));
  EXPECT_THAT(one_pass(scan_word("(\"x\"---y", 0, Edge::kSpace)), ElementsAre("(", "``", "x", "''", "--", "-y"));
}

TEST(OnePass, GivesWhatTheCarefulRulesGive) {
  const std::vector<std::string> pieces = {"a",  "N", "n",  "7", ",",  ":",    ",",  ".",   ".",    "-",   "-",
                                           "(",  ")", "[",  ">", "\"", "'",    "'",  "s",   "ll",   "re",  "t",
                                           "d",  "M", "VE", ";", "?",  "*",    "@",  "_",   "can",  "not", "gon",
                                           "na", "é", "–",  "—", "٣",  "\x80", "漢", "x.y", "more", "n't", "n"};
  std::mt19937 random(11);
  const Edge befores[] = {Edge::kNone, Edge::kSpace, Edge::kOtherSpace, Edge::kTag};
  const Edge afters[] = {Edge::kNone, Edge::kSpace, Edge::kOtherSpace, Edge::kLastNewline, Edge::kTag};
  WordSplitter careful;
  size_t compared = 0;
  for (int round = 0; round < 200'000; ++round) {
    std::string text;
    for (size_t i = 0, size = 1 + random() % 7; i < size; ++i) text += pieces[random() % pieces.size()];
    Word word = scan_word(text, 0, befores[random() % 4]);
    word.after = afters[random() % 5];
    const size_t stop = text.rfind('.');
    const bool is_last = word.after == Edge::kNone && stop != std::string::npos &&
                         text.find_first_not_of("])}>\"'", stop + 1) == std::string::npos;
    if (is_last && (stop == 0 || text[stop - 1] != '.')) word.final_stop = stop;
    if (!fits_one_pass(word)) continue;
    ++compared;
    document::TokenList expected;
    careful.split(word, expected);
    ASSERT_EQ(one_pass(word), expected) << text << " between " << static_cast<int>(word.before) << " and "
                                        << static_cast<int>(word.after);
  }
  EXPECT_GT(compared, 50'000U);
}

}  // namespace
}  // namespace custos::stage
