#include "index/keyword_search.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <random>

#include "index/keyword/search/plan.h"
#include "index/keyword/testing/sample_index.h"

namespace custos::index {
namespace {

using Kind = Query::Kind;

class KeywordSearchTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        std::filesystem::temp_directory_path() /
        fmt::format("custos-keyword-{}-{}", ::getpid(), testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::shared_ptr<const PostingsReader> index(const SampleSegment& rows) {
    const auto path = folder_ / std::to_string(files_++);
    const Status written = write_sample(rows, path);
    EXPECT_TRUE(written.ok());
    auto reader = PostingsReader::open(path);
    EXPECT_TRUE(reader.ok()) << reader.error().message;
    const Status checked = (*reader)->check();
    EXPECT_TRUE(checked.ok()) << checked.error().message;
    return *reader;
  }

  // Rows of authored English text.
  std::shared_ptr<const PostingsReader> index_texts(const std::vector<std::string>& texts) {
    SampleSegment rows;
    for (const auto& text : texts) rows.push_back({{{Field::kAuthored, text, "en"}}, {}, {}, {}});
    return index(rows);
  }

  std::filesystem::path folder_;
  int files_ = 0;
};

Query word(std::string text, Kind kind = Kind::kWord, std::vector<Field> fields = {}) {
  Query query;
  query.kind = kind;
  query.text = std::move(text);
  query.fields = std::move(fields);
  return query;
}

Query of(Kind kind, std::vector<Query> children, uint32_t distance = 0) {
  Query query;
  query.kind = kind;
  query.children = std::move(children);
  query.distance = distance;
  return query;
}

std::vector<uint32_t> rows_of(const std::shared_ptr<const PostingsReader>& reader, const Query& query) {
  const KeywordSearch search({reader});
  const auto matched = search.match(query);
  EXPECT_TRUE(matched.ok()) << matched.error().message;
  std::vector<uint32_t> rows;
  if (matched.ok()) (*matched)[0].for_each([&](uint32_t row) { rows.push_back(row); });
  const auto best = search.best(query, {}, 1000);
  EXPECT_TRUE(best.ok());
  EXPECT_EQ(best->matched, rows.size());
  return rows;
}
using Rows = std::vector<uint32_t>;

TEST_F(KeywordSearchTest, FindsAWordInAllItsFormsAndExactlyWhereAsked) {
  const auto reader = index_texts({"He was running late", "They run", "RUNS!", "a rung", "nothing"});
  EXPECT_EQ(rows_of(reader, word("running")), (Rows{0, 1, 2}));
  EXPECT_EQ(rows_of(reader, word("Run")), (Rows{0, 1, 2}));
  EXPECT_EQ(rows_of(reader, word("running", Kind::kExact)), (Rows{0}));
  EXPECT_EQ(rows_of(reader, word("run", Kind::kPrefix)), (Rows{0, 1, 2, 3}));
  EXPECT_EQ(rows_of(reader, word("--")), (Rows{}));
}

TEST_F(KeywordSearchTest, AccentsCaseAndWidthDoNotMatter) {
  const auto reader = index_texts({"Caf\xC3\xA9 Wa\xC5\x82\xC4\x99sa", "cafe",
                                   "\xEF\xBC\xA3\xEF\xBC\xA1\xEF\xBC\xA6\xEF\xBC\xA5", "STRASSE",
                                   "stra\xC3\x9F"
                                   "e"});
  EXPECT_EQ(rows_of(reader, word("CAFE", Kind::kExact)), (Rows{0, 1, 2}));
  EXPECT_EQ(rows_of(reader, word("walesa", Kind::kExact)), (Rows{0}));
  EXPECT_EQ(rows_of(reader, word("stra\xC3\x9F"
                                 "e",
                                 Kind::kExact)),
            (Rows{3, 4}));
}

TEST_F(KeywordSearchTest, WordsWithPunctuationAreFoundByTheirPartsInARow) {
  const auto reader = index_texts({"see www.example.com today", "example of a com", "my e-mail", "the e and mail",
                                   "call [REDACTED-EMAIL] now", "redacted email"});
  EXPECT_EQ(rows_of(reader, word("example.com")), (Rows{0}));
  EXPECT_EQ(rows_of(reader, word("e-mail")), (Rows{2}));
  EXPECT_EQ(rows_of(reader, word("[REDACTED-EMAIL]")), (Rows{4}));
}

TEST_F(KeywordSearchTest, ChineseIsFoundByCharactersInARow) {
  const auto reader = index_texts({"\xE6\x9D\xB1\xE4\xBA\xAC\xE9\x83\xBD", "\xE4\xBA\xAC\xE6\x9D\xB1"});
  EXPECT_EQ(rows_of(reader, word("\xE6\x9D\xB1\xE4\xBA\xAC")), (Rows{0}));
}

TEST_F(KeywordSearchTest, PhrasesDoNotReachOverTexts) {
  const SampleSegment rows = {
      {{{Field::kAuthored, "budget", "en"}, {Field::kAuthored, "cuts", "en"}}, {}, {}, {}},
      {{{Field::kAuthored, "the budget cut", "en"}}, {}, {}, {}},
      {{{Field::kAuthored, "budget", "en"}, {Field::kSubject, "cuts", "en"}}, {}, {}, {}},
  };
  const auto reader = index(rows);
  EXPECT_EQ(rows_of(reader, of(Kind::kPhrase, {word("budget"), word("cuts")})), (Rows{1}));
  EXPECT_EQ(rows_of(reader, of(Kind::kNear, {word("cuts"), word("budget")}, 1024)), (Rows{1}));
}

TEST_F(KeywordSearchTest, NearNeedsAPlaceForEachPart) {
  const auto reader = index_texts({"pay me", "pay the payment", "payment x x x pay", "swap for me"});
  EXPECT_EQ(rows_of(reader, of(Kind::kNear, {word("pay"), word("payment")}, 3)), (Rows{1}));
  EXPECT_EQ(rows_of(reader, of(Kind::kNear, {word("pay"), word("payment")}, 4)), (Rows{1, 2}));
}

TEST_F(KeywordSearchTest, TheFormAskedForComesFirst) {
  const auto reader = index_texts({"we trade oil", "a trading desk", "the trader said", "unrelated"});
  const KeywordSearch search({reader});
  EXPECT_EQ(search.best(word("trading"), {}, 10)->hits[0].row, 1u);
  EXPECT_EQ(search.best(word("trade"), {}, 10)->hits[0].row, 0u);
}

TEST_F(KeywordSearchTest, AFieldThatIsWorthLessScoresLess) {
  const SampleSegment rows = {{{{Field::kQuoted, "merger", "en"}}, {}, {}, {}},
                              {{{Field::kAuthored, "merger", "en"}}, {}, {}, {}},
                              {{{Field::kFileName, "merger.doc", "en"}}, {}, {}, {}}};
  const auto reader = index(rows);
  const auto found = KeywordSearch({reader}).best(word("merger"), {}, 10);
  ASSERT_EQ(found->hits.size(), 2u);
  EXPECT_EQ(found->hits[0].row, 1u);
  EXPECT_EQ(rows_of(reader, word("merger", Kind::kWord, {Field::kFileName})), (Rows{2}));
  EXPECT_EQ(rows_of(reader, word("merger", Kind::kWord, {Field::kQuoted})), (Rows{0}));
}

TEST_F(KeywordSearchTest, AnEmptyIndexFindsNothing) {
  for (const auto& reader : {index({}), index({{}, {}})}) {
    EXPECT_EQ(rows_of(reader, word("a")), (Rows{}));
    EXPECT_EQ(rows_of(reader, word("a", Kind::kPrefix)), (Rows{}));
    EXPECT_EQ(rows_of(reader, of(Kind::kEverything, {})).size(), reader->rows());
  }
  EXPECT_EQ(KeywordSearch({}).best(word("a"), {}, 10)->matched, 0u);
}

TEST_F(KeywordSearchTest, LongWordsAndTextsWithoutLetters) {
  const std::string run(1 << 20, 'x');
  const auto reader = index_texts({run, run.substr(0, 64), "\xE2\x80\x94 --- !!! \xC2\xA0", std::string(100000, '-')});
  EXPECT_EQ(rows_of(reader, word(run)), (Rows{0, 1}));
  EXPECT_EQ(reader->terms(), 1u);
}

TEST_F(KeywordSearchTest, LongPrefixesSayThatTheyWereCut) {
  std::string text;
  for (int i = 0; i < 1100; ++i) text += fmt::format("w{} ", i);
  const auto reader = index_texts({text, "w7"});
  EXPECT_TRUE(KeywordSearch({reader}).best(word("w", Kind::kPrefix), {}, 10)->prefix_was_cut);
  EXPECT_FALSE(KeywordSearch({reader}).best(word("w1", Kind::kPrefix), {}, 10)->prefix_was_cut);
  EXPECT_EQ(rows_of(reader, word("w", Kind::kPrefix)), (Rows{0, 1}));
}

TEST_F(KeywordSearchTest, RefusesWhatItCannotAnswer) {
  const auto reader = index_texts({"a"});
  const KeywordSearch search({reader});
  Query deep = word("a");
  for (int i = 0; i < 70; ++i) deep = of(Kind::kAnd, {std::move(deep)});
  EXPECT_EQ(search.match(deep).error().code, Code::kLimit);
  EXPECT_EQ(search.match(of(Kind::kOr, std::vector<Query>(5000, word("a")))).error().code, Code::kLimit);
  std::string many;
  for (int i = 0; i < 5000; ++i) many += "a ";
  EXPECT_EQ(search.match(word(many)).error().code, Code::kLimit);
  EXPECT_EQ(search.match(of(Kind::kNot, {})).error().code, Code::kInvalidArgument);
  EXPECT_EQ(search.match(word("a", Kind::kWord, {Field::kFrom})).error().code, Code::kInvalidArgument);
  EXPECT_EQ(search.match(of(Kind::kNear, {word("a"), word("b")}, 5000)).error().code, Code::kLimit);
  const std::vector<RowSet> wrong = {RowSet(7)};
  EXPECT_EQ(search.best(word("a"), wrong, 10).error().code, Code::kInvalidArgument);
}

TEST_F(KeywordSearchTest, ManyValuesOfOneRowKeepTheirPhrases) {
  SampleRow row;
  for (int i = 0; i < 3000; ++i) row.texts.push_back({Field::kAuthored, fmt::format("left{} right", i), ""});
  const auto reader = index({row});
  EXPECT_EQ(rows_of(reader, of(Kind::kPhrase, {word("left2999"), word("right")})), (Rows{0}));
  EXPECT_EQ(rows_of(reader, of(Kind::kPhrase, {word("right"), word("left2999")})), (Rows{}));
}

// -- Random rows and random queries against the definition.

const std::vector<std::string> kVocabulary = {"the",
                                              "run",
                                              "running",
                                              "runs",
                                              "trade",
                                              "trading",
                                              "traders",
                                              "h\xC3\xA4user",
                                              "haus",
                                              "Hauses",
                                              "pay",
                                              "payment",
                                              "x1",
                                              "x2",
                                              "don't",
                                              "e-mail",
                                              "\xE6\x9D\xB1\xE4\xBA\xAC",
                                              "[REDACTED-EMAIL]",
                                              "zebra"};

class Dice {
 public:
  explicit Dice(uint32_t seed) : engine_(seed) {}
  uint32_t below(uint32_t bound) { return engine_() % bound; }
  const std::string& word() {
    const uint32_t first = below(static_cast<uint32_t>(kVocabulary.size()));
    return kVocabulary[below(3) == 0 ? first : std::min(first, below(static_cast<uint32_t>(kVocabulary.size())))];
  }

  SampleRow row() {
    SampleRow row;
    const char* languages[] = {"en", "de", ""};
    for (uint32_t texts = below(4); texts > 0; --texts) {
      std::string text;
      for (uint32_t words = below(12); words > 0; --words) text += word() + (below(8) == 0 ? ", " : " ");
      row.texts.push_back({static_cast<Field>(below(4)), text, languages[below(3)]});
    }
    if (below(2) == 0) row.values.emplace_back(Field::kMark, below(2) == 0 ? "attachment" : "other");
    for (uint32_t i = below(3); i > 0; --i)
      row.numbers.emplace_back(below(2) == 0 ? Field::kFrom : Field::kTo, below(9));
    if (below(5) > 0) row.date = static_cast<int64_t>(below(100)) - 50;
    return row;
  }

  Query leaf() {
    const Kind kinds[] = {Kind::kWord, Kind::kWord, Kind::kExact, Kind::kPrefix};
    Query query = index::word(word(), kinds[below(4)]);
    if (query.kind == Kind::kPrefix) query.text = query.text.substr(0, 1 + below(3));
    if (below(4) == 0) query.fields = {static_cast<Field>(below(4)), static_cast<Field>(below(4))};
    return query;
  }

  Query phrase() {
    std::vector<Query> words;
    for (uint32_t i = 1 + below(3); i > 0; --i) words.push_back(leaf());
    for (Query& each : words) each.fields = words[0].fields;
    return of(Kind::kPhrase, std::move(words));
  }

  Query filter(const std::vector<SampleSegment>& segments) {
    Query query;
    switch (below(4)) {
      case 0:
        query.kind = Kind::kValue;
        query.fields = {Field::kMark};
        query.text = "attachment";
        return query;
      case 1:
        query.kind = Kind::kNumbers;
        query.fields = {Field::kTo};
        query.numbers = {1, 4};
        return query;
      case 2:
        query.kind = Kind::kDate;
        query.begin = static_cast<int64_t>(below(100)) - 50;
        query.end = query.begin + below(60);
        return query;
      default:
        query.kind = Kind::kRows;
        query.rows = rows(segments);
        return query;
    }
  }

  std::vector<RowSet> rows(const std::vector<SampleSegment>& segments) {
    std::vector<RowSet> sets;
    const uint32_t one_in = 1 + below(30);
    for (const SampleSegment& segment : segments) {
      RowSet& set = sets.emplace_back(static_cast<uint32_t>(segment.size()));
      for (uint32_t i = 0; i < segment.size(); ++i) {
        if (below(one_in) == 0) set.add(i);
      }
    }
    return sets;
  }

  Query query(const std::vector<SampleSegment>& segments, uint32_t depth) {
    const uint32_t choice = below(depth == 0 ? 6 : 12);
    if (choice < 3) return leaf();
    if (choice == 3) return phrase();
    if (choice == 4) {
      std::vector<Query> parts;
      for (uint32_t i = 1 + below(3); i > 0; --i) parts.push_back(below(3) == 0 ? phrase() : leaf());
      for (Query& part : parts) {
        part.fields.clear();
        for (Query& child : part.children) child.fields.clear();
      }
      return of(Kind::kNear, std::move(parts), below(6));
    }
    if (choice == 5) return filter(segments);
    if (choice == 6) return of(Kind::kNot, {query(segments, depth - 1)});
    std::vector<Query> children;
    for (uint32_t i = below(4); i > 0; --i) children.push_back(query(segments, depth - 1));
    return of(choice < 9 ? Kind::kAnd : Kind::kOr, std::move(children));
  }

 private:
  std::mt19937 engine_;
};

std::string describe(const Query& query) {
  std::string text = fmt::format("{}'{}'", static_cast<int>(query.kind), query.text);
  for (const Field field : query.fields) text += fmt::format(":{}", static_cast<int>(field));
  if (query.kind == Kind::kNear) text += fmt::format("/{}", query.distance);
  if (query.children.empty()) return text;
  text += "(";
  for (const Query& child : query.children) text += describe(child) + " ";
  return text + ")";
}

void compare(const KeywordSearch& search, NaiveSearch& naive, const Query& query, const std::vector<RowSet>& allowed) {
  const auto matched = search.match(query);
  ASSERT_TRUE(matched.ok()) << matched.error().message;
  const auto best = search.best(query, allowed, 5000);
  ASSERT_TRUE(best.ok());
  std::vector<std::optional<double>> scores;
  uint64_t expected = 0;
  for (size_t at = 0; at < naive.size(); ++at) {
    scores.push_back(naive.score(query, at));
    const auto row = static_cast<uint32_t>(naive.row_of(at));
    ASSERT_EQ((*matched)[naive.segment_of(at)].contains(row), scores[at].has_value()) << "row " << at;
    expected += scores[at] && (allowed.empty() || allowed[naive.segment_of(at)].contains(row)) ? 1 : 0;
  }
  ASSERT_EQ(best->matched, expected);
  ASSERT_EQ(best->hits.size(), expected);
  size_t first_of_second = 0;
  while (first_of_second < naive.size() && naive.segment_of(first_of_second) == 0) ++first_of_second;
  for (size_t i = 0; i < best->hits.size(); ++i) {
    const KeywordHit& hit = best->hits[i];
    const auto& score = scores[hit.segment * first_of_second + hit.row];
    ASSERT_TRUE(score && (allowed.empty() || allowed[hit.segment].contains(hit.row)));
    ASSERT_NEAR(hit.score, *score, 1e-4 * (1 + *score));
    ASSERT_TRUE(i == 0 || best->hits[i - 1].score >= hit.score);
  }
  const auto few = search.best(query, allowed, 7);
  for (size_t i = 0; i < few->hits.size(); ++i) ASSERT_EQ(few->hits[i].row, best->hits[i].row);
  if (best->hits.empty()) return;
  double sum = 0;
  const auto parts = search.explain(query, best->hits[0]);
  for (const ScorePart& part : *parts) sum += part.score;
  ASSERT_NEAR(sum, best->hits[0].score, 1e-4 * (1 + sum));
}

TEST_F(KeywordSearchTest, RandomQueriesFindWhatTheDefinitionSays) {
  for (uint32_t seed = 1; seed <= 6; ++seed) {
    Dice dice(seed);
    std::vector<SampleSegment> segments(2);
    for (uint32_t i = seed * 90; i > 0; --i) segments[0].push_back(dice.row());
    for (uint32_t i = dice.below(200); i > 0; --i) segments[1].push_back(dice.row());
    const Bm25Options options;
    NaiveSearch naive(segments, options);
    const KeywordSearch search({index(segments[0]), index(segments[1])}, options);
    for (int i = 0; i < 25; ++i) {
      const Query query = dice.query(segments, 3);
      SCOPED_TRACE(fmt::format("seed {} query {}: {}", seed, i, describe(query)));
      const auto allowed = dice.below(2) == 0 ? std::vector<RowSet>() : dice.rows(segments);
      compare(search, naive, query, allowed);
      if (HasFatalFailure()) return;
    }
  }
}

TEST_F(KeywordSearchTest, ScoresDoNotDependOnHowRowsLieInSegments) {
  Dice dice(99);
  SampleSegment all;
  for (int i = 0; i < 300; ++i) all.push_back(dice.row());
  const KeywordSearch whole({index(all)});
  const KeywordSearch parts({index({all.begin(), all.begin() + 120}), index({all.begin() + 120, all.end()})});
  const Query query = of(Kind::kOr, {word("running"), word("h\xC3\xA4user"), word("pay"), word("the")});
  const auto a = whole.best(query, {}, 1000);
  const auto b = parts.best(query, {}, 1000);
  ASSERT_EQ(a->hits.size(), b->hits.size());
  for (size_t i = 0; i < a->hits.size(); ++i) {
    EXPECT_EQ(a->hits[i].score, b->hits[i].score);
    EXPECT_EQ(a->hits[i].row, b->hits[i].segment * 120 + b->hits[i].row);
  }
}

}  // namespace
}  // namespace custos::index
