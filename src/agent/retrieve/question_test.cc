#include "agent/retrieve/question.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "agent/retrieve/evidence.h"

namespace custos::agent {
namespace {

class Staff final : public People {
 public:
  Result<size_t> count(std::string_view name) const override {
    static const std::set<std::string, std::less<>> kNames = {"Dana",  "Marlow", "Dana Marlow",          "dana marlow",
                                                              "Okoye", "okoye",  "bea@advisory.example", "Gordon Pike"};
    return kNames.contains(name) ? 1 : 0;
  }
};

std::string query_of(std::string_view text) {
  const Result<Question> question = read_question(text, Staff(), true);
  EXPECT_TRUE(question.ok());
  return question.ok() ? question->query(false) : "";
}

TEST(ReadQuestion, PersonsBecomeFiltersWhereTheyAct) {
  EXPECT_EQ(query_of("What did Dana Marlow tell Okoye to buy?"), "from:\"Dana Marlow\" What did tell Okoye to buy");
  EXPECT_EQ(query_of("what did dana marlow say about steel"), "from:\"dana marlow\" what did say about steel");
  EXPECT_EQ(query_of("mails from bea@advisory.example about steel"), "from:\"bea@advisory.example\" mails about steel");
  EXPECT_EQ(query_of("Which mail was sent to Okoye?"), "to:\"Okoye\" Which mail was sent");
  EXPECT_EQ(query_of("messages between Dana and Okoye"), "with:\"Dana\" with:\"Okoye\" messages between and");
  EXPECT_EQ(query_of("steel, but not from Okoye"), "-from:\"Okoye\" steel but");
}

TEST(ReadQuestion, PersonsThatAreOnlySpokenOfStayWords) {
  EXPECT_EQ(query_of("Why was Okoye late?"), "Why was Okoye late");
  EXPECT_EQ(query_of("Who praised Gordon Pike?"), "Who praised Gordon Pike");
  EXPECT_EQ(query_of("What did Nobody Known say?"), "What did Nobody Known say");
}

TEST(ReadQuestion, DatesBecomeFilters) {
  EXPECT_EQ(query_of("What happened on May 14, 2001?"), "on:2001-05-14 What happened");
  EXPECT_EQ(query_of("prices since 3rd of June 2001"), "after:2001-06-03 prices");
  EXPECT_EQ(query_of("prices before March 2001"), "before:2001-03 prices");
  EXPECT_EQ(query_of("prices between 2000 and 2001-05"), "after:2000 (before:2001-05 OR on:2001-05) prices");
  EXPECT_EQ(query_of("prices in May"), "prices in May") << "of which year?";
  EXPECT_EQ(query_of("the 2001 report"), "the 2001 report");
}

TEST(ReadQuestion, MarksLanguagesAndDenials) {
  EXPECT_EQ(query_of("reports with attachments in German"), "has:attachment lang:de reports");
  EXPECT_EQ(query_of("steel without lunch"), "-lunch steel");
}

TEST(ReadQuestion, OperatorsOfTheQueryLanguageAreWords) {
  EXPECT_EQ(query_of("is \"a:b\" (not) AND -c*"), "is a b not and c ");
}

TEST(ReadQuestion, SpansAreOfTheQuestion) {
  const std::string text = "What did Dana Marlow say in 2001?";
  const Result<Question> question = read_question(text, Staff(), true);
  ASSERT_TRUE(question.ok());
  ASSERT_EQ(question->filters.size(), 2U);
  EXPECT_EQ(question->filters[0].span.of(text), "Dana Marlow");
  EXPECT_EQ(question->filters[1].span.of(text), "in 2001");
  EXPECT_TRUE(read_question(std::string(kQuestionBytesMax + 1, 'a'), Staff(), true).error().code == Code::kLimit);
}

TEST(RaisedByNeighbours, NearMessagesGainAndNoneLoses) {
  const std::vector<float> raised = raised_by_neighbours({0, 0, 1, 0, 0});
  EXPECT_EQ(raised[2], 1);
  EXPECT_GT(raised[1], 0);
  EXPECT_EQ(raised[0], 0);
  EXPECT_EQ(raised_by_neighbours({0.5F}), std::vector<float>{0.5F});
}

TEST(SpreadOverTalk, AStretchWithSeveralMatchesIsBeforeALoneMatch) {
  std::vector<float> scores(100, 0);
  scores[10] = 0.9F;
  for (const size_t i : {50U, 52U, 54U, 56U}) scores[i] = 0.6F;
  const std::vector<float> spread = spread_over_talk(scores, std::vector<uint32_t>(100, 100));
  EXPECT_GT(spread[53], spread[10]);
  EXPECT_GT(spread[53], spread[60]);
  EXPECT_LT(spread[90], 0.1F);
}

TEST(SpreadOverTalk, IsTheWeightedMeanOfWhatIsAround) {
  const std::vector<float> scores = {0.2F, 0.8F, 0.5F};
  const std::vector<uint32_t> bytes = {120, 480, 60};
  const auto spread = spread_over_talk(scores, bytes);
  const float before = std::exp(-300.0F / 1200);
  const float behind = std::exp(-270.0F / 1200);
  EXPECT_NEAR(spread[1], (0.2F * 0.5F * before + 0.8F + 0.5F * 0.25F * behind) / (0.5F * before + 1 + 0.25F * behind),
              1e-5);
}

}  // namespace
}  // namespace custos::agent
