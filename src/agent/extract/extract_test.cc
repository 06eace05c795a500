#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/extract/score.h"
#include "agent/extract/sentences.h"
#include "store/sample_archive.h"

namespace custos::agent {
namespace {

using document::Span;
using testing::ElementsAre;

std::vector<std::string> sentences(std::string_view text) {
  std::vector<std::string> out;
  for (const Span span : sentence_spans(text, {0, static_cast<uint32_t>(text.size())})) {
    out.emplace_back(span.of(text));
  }
  return out;
}

TEST(SentenceSpans, EndAtMarksAndEmptyLinesNotAtAbbreviations) {
  EXPECT_THAT(sentences("\n\nMr. J. Doe of Acme Inc. Called twice. No answer!\n\nNext\nline"),
              ElementsAre("Mr. J. Doe of Acme Inc. Called twice.", "No answer!", "Next\nline"));
}

TEST(SentenceSpans, ItemsOfListsAreSentences) {
  EXPECT_THAT(sentences("Bring:\n- the lamp\n- the rope\n1. first"),
              ElementsAre("Bring:", "- the lamp", "- the rope", "1. first"));
}

TEST(SentenceSpans, LongOnesAreCutBetweenWords) {
  std::string text;
  for (int i = 0; i < 500; ++i) text += "wörd ";
  for (const std::string& piece : sentences(text)) {
    EXPECT_LE(piece.size(), 600U);
    EXPECT_TRUE(piece.starts_with("wörd") && piece.ends_with("wörd")) << piece;
  }
}

index::StoredText stored(const std::string& text, std::vector<document::ReasonedSpan> removed) {
  index::StoredText out;
  out.parts.push_back({0, store::SampleText::restore(text, {}), std::move(removed), "en"});
  return out;
}

TEST(SentencesOf, AuthoredFirstAndNoCourtesies) {
  const std::string text = "> The old price was 4 dollars.\nHi Ann,\n\nIt is 5 dollars now.\n\nRegards,\n";
  const auto quoted_end = static_cast<uint32_t>(text.find('\n') + 1);
  const index::StoredText one = stored(text, {{{0, quoted_end}, document::SpanReason::kQuoted}});
  const std::vector<TextSentence> found = sentences_of(one, 100);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].span.of(text), "It is 5 dollars now.");
  EXPECT_TRUE(found[0].is_authored);
  EXPECT_FALSE(found[1].is_authored);
}

EvidenceSet evidence(const std::vector<std::string>& texts) {
  EvidenceSet set;
  for (const std::string& text : texts) {
    EvidenceMessage message;
    message.text = stored(text, {});
    message.score = 0.5F;
    message.is_match = true;
    set.messages.push_back(std::move(message));
  }
  return set;
}

std::vector<AskedTerm> terms(const std::vector<std::string>& words) {
  std::vector<AskedTerm> terms;
  for (const std::string& word : words) terms.push_back({word, word, 1});
  return terms;
}

TEST(ScoreSentences, TheOneWithTheWordsIsFirst) {
  const EvidenceSet set =
      evidence({"The picnic is on Friday. Bring salad.", "The pump failed. The valve broke in June."});
  const auto scored = score_sentences("When did the valve break?", terms({"valv", "break"}), set, nullptr);
  ASSERT_TRUE(scored.ok());
  ASSERT_FALSE(scored->sentences.empty());
  EXPECT_EQ(scored->sentences.front().text, "The valve broke in June.");
  EXPECT_GT(scored->features.coverage, 0);
}

TEST(ScoreSentences, NeighboursThatDoNotMatchGiveNoSentence) {
  EvidenceSet set = evidence({"The valve broke in June."});
  set.messages[0].is_match = false;
  const auto scored = score_sentences("valve", terms({"valv"}), set, nullptr);
  ASSERT_TRUE(scored.ok());
  EXPECT_TRUE(scored->sentences.empty());
}

TEST(SelectSentences, NothingTwice) {
  const EvidenceSet set = evidence(
      {"The valve broke in June again.", "The valve broke in June again!", "The valve was repaired in August."});
  auto scored = score_sentences("valve", terms({"valv"}), set, nullptr);
  ASSERT_TRUE(scored.ok());
  const auto selected = select_sentences(std::move(scored->sentences), 3);
  ASSERT_EQ(selected.size(), 2U);
  EXPECT_NE(selected[0].text, selected[1].text);
}

TEST(Confidence, GrowsWithWhatIsFound) {
  for (const bool has_vectors : {true, false}) {
    EXPECT_LT(confidence_of({}, has_vectors), 0.1F);
    EXPECT_GT(confidence_of({1, 1}, has_vectors), 0.5F);
  }
}

}  // namespace
}  // namespace custos::agent
