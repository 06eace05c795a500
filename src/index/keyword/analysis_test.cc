#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "index/keyword/analysis/analyzer.h"
#include "index/keyword/testing/sample_index.h"

namespace custos::index {
namespace {

using testing::ElementsAre;

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  for (const auto& word : analyze(text, {0, static_cast<uint32_t>(text.size())}, 1000)) words.push_back(word.plain);
  return words;
}

TEST(AnalysisTest, SplitsAtPunctuationButNotInContractionsAndNumbers) {
  EXPECT_THAT(words_of("Don't we're John's dogs' O'Brien"),
              ElementsAre("don't", "we're", "john", "dogs", "o", "brien"));
  EXPECT_THAT(words_of("Don\xE2\x80\x99t l\xE2\x80\x99"
                       "avion"),
              ElementsAre("don't", "l", "avion"));
  EXPECT_THAT(words_of("1,000 12,345,678.50 1,2 1,0000 a_b x-y"),
              ElementsAre("1000", "12345678", "50", "1", "2", "1", "0000", "a", "b", "x", "y"));
  EXPECT_THAT(words_of("mp3 q4/2001 \xC2\xA7"
                       "7"),
              ElementsAre("mp3", "q4", "2001", "7"));
  EXPECT_THAT(words_of(""), ElementsAre());
  EXPECT_THAT(words_of("\xFF\xC3 ok \xE2\x80"), ElementsAre("ok"));
}

TEST(AnalysisTest, TagsOfRedactionAreWhole) {
  EXPECT_THAT(
      words_of("a [REDACTED-US_ITIN], [EMAIL-3fa9] [CARD-****1234] [PATCH-v2] [REDACTED-x"),
      ElementsAre("a", "[redacted-us_itin]", "[email-3fa9]", "[card-****1234]", "patch", "v2", "redacted", "x"));
}

TEST(AnalysisTest, ScriptsWithoutSpacesAreCutIntoCharacters) {
  EXPECT_THAT(words_of("\xE6\x9D\xB1\xE4\xBA\xAC"
                       "API\xE3\x82\xAB\xE3\x82\xBF"),
              ElementsAre("\xE6\x9D\xB1", "\xE4\xBA\xAC", "api", "\xE3\x82\xAB\xE3\x82\xBF"));
  EXPECT_THAT(words_of("\xF0\x9F\x91\x8D ok"), ElementsAre("\xF0\x9F\x91\x8D", "ok"));
  EXPECT_THAT(words_of("\xD0\xBF\xD1\x80\xD0\xB8\xD0\xB2\xD0\xB5\xD1\x82"),
              ElementsAre("\xD0\xBF\xD1\x80\xD0\xB8\xD0\xB2\xD0\xB5\xD1\x82"));
}

TEST(AnalysisTest, SpansPointAtTheWordsInTheText) {
  const std::string text = "Caf\xC3\xA9, John's 1,000";
  const auto words = analyze(text, {0, static_cast<uint32_t>(text.size())}, 10);
  ASSERT_EQ(words.size(), 3u);
  EXPECT_EQ(words[0].span.of(text), "Caf\xC3\xA9");
  EXPECT_EQ(words[1].span.of(text), "John");
  EXPECT_EQ(words[2].span.of(text), "1,000");
}

TEST(AnalysisTest, EachLanguageHasItsStems) {
  Stemmers stemmers;
  EXPECT_EQ(stemmers.stem(stem_language("en-GB"), "trading"), "trade");
  EXPECT_EQ(stemmers.stem(stem_language("DE"), "h\xC3\xA4user"), stemmers.stem(stem_language("de"), "haus"));
  EXPECT_EQ(stemmers.stem(stem_language("fr"), "soci\xC3\xA9t\xC3\xA9s"), "societ");
  EXPECT_EQ(stem_language("nb"), StemLanguage::kNorwegian);
  EXPECT_EQ(stem_language("ja"), StemLanguage::kNone);
  EXPECT_EQ(stem_language(""), StemLanguage::kNone);
}

class FindWordsTest : public testing::Test {
 protected:
  static Query word(const char* text, Query::Kind kind = Query::Kind::kWord) {
    Query query;
    query.kind = kind;
    query.text = text;
    return query;
  }
  static std::vector<std::string> marked(const Query& query, const std::string& text, uint32_t limit = 100) {
    std::vector<std::string> found;
    const auto redacted = stage::Redactor::make(text);
    for (const auto span : find_words(query, redacted, {0, static_cast<uint32_t>(text.size())}, "en", limit)) {
      found.emplace_back(span.of(text));
    }
    return found;
  }
};

TEST_F(FindWordsTest, MarksFormsPrefixesAndPhrasesButNotWhatIsExcluded) {
  const std::string text = "Trading desks trade; the trade desk of Mr. Trade, re-trade.";
  EXPECT_THAT(marked(word("trades"), text), ElementsAre("Trading", "trade", "trade", "Trade", "trade"));
  EXPECT_THAT(marked(word("tradin", Query::Kind::kPrefix), text), ElementsAre("Trading"));
  Query phrase;
  phrase.kind = Query::Kind::kPhrase;
  phrase.children = {word("trade"), word("desk")};
  EXPECT_THAT(marked(phrase, text), ElementsAre("Trading desks", "trade desk"));
  Query no;
  no.kind = Query::Kind::kNot;
  no.children = {word("trade")};
  Query both;
  both.kind = Query::Kind::kAnd;
  both.children = {no, word("desk")};
  EXPECT_THAT(marked(both, text), ElementsAre("desks", "desk"));
  EXPECT_THAT(marked(word("trades"), text, 2), ElementsAre("Trading", "trade"));
}

}  // namespace
}  // namespace custos::index
