#include "query/plan/plan.h"

#include <gtest/gtest.h>

#include <string>

#include "query/plan/date_range.h"

namespace custos::query {
namespace {

using Node = index::Query;

class SomeNames final : public NameResolver {
 public:
  Result<std::vector<uint64_t>> people(std::string_view text) const override {
    return text == "jane" ? std::vector<uint64_t>{3, 7} : std::vector<uint64_t>{};
  }
  Result<std::vector<index::RowSet>> thread(std::string_view name) const override {
    if (name == "t9") return Error{Code::kNotFound, "no thread t9"};
    return std::vector<index::RowSet>{index::RowSet(4)};
  }
};

std::string shape(const Node& tree) {
  constexpr const char* kNames[] = {"*",  "word", "exact", "prefix",  "phrase", "near", "and",
                                    "or", "not",  "value", "numbers", "date",   "rows"};
  std::string text = kNames[static_cast<int>(tree.kind)];
  if (!tree.text.empty()) text += ":" + tree.text;
  if (tree.children.empty()) return text;
  text += "(";
  for (const Node& child : tree.children) text += shape(child) + " ";
  text.back() = ')';
  return text;
}

Plan plan_of(std::string query, bool all = false) {
  SearchRequest request;
  request.query = std::move(query);
  request.all = all;
  Result<Plan> plan = make_plan(request, SomeNames());
  EXPECT_TRUE(plan.ok()) << plan.error().message;
  return plan.ok() ? *plan : Plan{};
}

TEST(Plan, PlainWordsAreNoCondition) {
  const Plan plan = plan_of("gas meeting");
  EXPECT_FALSE(plan.has_condition);
  EXPECT_TRUE(plan.has_words);
  EXPECT_EQ(plan.meaning, "gas meeting");
  EXPECT_EQ(shape(plan.scored), "and(or(word:gas word:meeting))");
}

TEST(Plan, SignsBetweenPlainWordsSeparateThem) {
  EXPECT_EQ(shape(plan_of("gas/power, e-mail deliv*").scored), "and(or(word:gas word:power word:e-mail prefix:deliv))");
  EXPECT_EQ(shape(plan_of("/ ,").scored), "and(or)");
}

TEST(Plan, FiltersPhrasesAndDenialsHoldInEveryMode) {
  const Plan plan = plan_of("gas from:jane -lunch \"price list\"");
  EXPECT_TRUE(plan.has_condition);
  EXPECT_EQ(shape(plan.condition), "and(and(* numbers not(word:lunch) phrase(exact:price exact:list)))");
  EXPECT_EQ(plan.meaning, "gas price list") << "what is denied is not asked for";
}

TEST(Plan, ExhaustiveSearchDemandsAllWords) {
  EXPECT_EQ(shape(plan_of("gas meeting", true).scored), "and(and(word:gas word:meeting))");
  EXPECT_EQ(shape(plan_of("gas -(oil coal)", true).scored), "and(and(and(word:gas) not(or(word:oil word:coal))))");
}

TEST(Plan, FiltersOfTheRequestJoinThoseOfTheQuery) {
  SearchRequest request;
  request.query = "gas";
  request.after = {"2001-05"};
  request.from = {"jane", "joe"};
  request.has_attachment = true;
  const Result<Plan> plan = make_plan(request, SomeNames());
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(shape(plan->condition), "and(or(numbers numbers) or(date) value:attachment *)");
  EXPECT_EQ(plan->condition.children[0].children[0].numbers, (std::vector<uint64_t>{3, 7}));
}

TEST(Plan, AWrongFilterIsAnErrorAtItsPlace) {
  SearchRequest request;
  request.query = "gas before:yesterday";
  EXPECT_EQ(make_plan(request, SomeNames()).error().message,
            "at byte 4 of the query: before: wants a date as 2001-05-14, 2001-05 or 2001");
  request.query = "gas in:t9";
  EXPECT_EQ(make_plan(request, SomeNames()).error().message, "at byte 4 of the query: no thread t9");
  request.query = "has:wings";
  EXPECT_EQ(make_plan(request, SomeNames()).error().message, "at byte 0 of the query: has: knows only has:attachment");
}

TEST(Plan, DatesAreDaysMonthsAndYears) {
  EXPECT_EQ(read_date_range("1970-01-02")->begin, 86400);
  EXPECT_EQ(read_date_range("1970-01-02")->end, 2 * 86400);
  EXPECT_EQ(read_date_range("1970")->end, 365 * 86400);
  EXPECT_EQ(read_date_range("1972-02")->end - read_date_range("1972-02")->begin, 29 * 86400);
  for (const char* wrong :
       {"", "70", "1970-13", "1970-02-30", "1970-1-1", "1970-01-01x", "1970-01-", "-1970", "0000"}) {
    EXPECT_FALSE(read_date_range(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace custos::query
