#include "stage/tokenize/tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace custos::stage {

// The only other maker of RedactedText than redact itself, which this module does not know.
class Redactor {
 public:
  static document::RedactedText make(std::string text, std::vector<document::Entity> entities) {
    return {std::move(text), std::move(entities)};
  }
};

namespace {

using testing::ElementsAre;

document::TokenList sentence(std::string_view text) {
  document::TokenList out;
  Tokenizer().tokenize_sentence(text, out);
  return out;
}

document::TokenList whole(std::string_view text) {
  document::TokenList out;
  Tokenizer().tokenize_text(text, out);
  return out;
}

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> out;
  for (const document::Span span : Tokenizer().sentences(text)) out.push_back(span.of(text));
  return out;
}

constexpr const char* kExample = "John's email is [REDACTED-EMAIL] and SSN is [REDACTED-SSN]. Call [REDACTED-PHONE].";
const auto kExampleTokens = ElementsAre("John", "'s", "email", "is", "[REDACTED-EMAIL]", "and", "SSN", "is",
                                        "[REDACTED-SSN]", ".", "Call", "[REDACTED-PHONE]", ".");

TEST(Tokenizer, the_example_of_the_design) { EXPECT_THAT(whole(kExample), kExampleTokens); }

TEST(Tokenizer, entities_are_tokens_whatever_they_look_like) {
  document::Entity entity;
  entity.redacted = {5, 13};
  const auto text = Redactor::make("Call <a b.c'>'s desk.", {entity});
  EXPECT_THAT(Tokenizer().tokenize(text), ElementsAre("Call", "<a b.c'>", "'s", "desk", "."));
  const auto none = Redactor::make(kExample, {});
  EXPECT_EQ(Tokenizer().tokenize(none).size(), 13U + 3 * 2U) << "without entities nothing is a tag";
}

TEST(Tokenizer, tags_by_shape) {
  EXPECT_THAT(whole("([EMAIL-3fa9], [CARD-****1234])"), ElementsAre("(", "[EMAIL-3fa9]", ",", "[CARD-****1234]", ")"));
  EXPECT_THAT(whole("\"[REDACTED-US_ITIN]\""), ElementsAre("``", "[REDACTED-US_ITIN]", "''"));
  EXPECT_THAT(whole("to:[REDACTED-IP]:80"), ElementsAre("to", ":", "[REDACTED-IP]", ":80"));
  EXPECT_THAT(whole("[ISSUE-12] [REDACTED-]"), ElementsAre("[", "ISSUE-12", "]", "[", "REDACTED-", "]"));
}

// What NLTK 3.9's NLTKWordTokenizer gives.
TEST(Tokenizer, words_of_the_treebank) {
  EXPECT_THAT(sentence("They'll save and invest more."),
              ElementsAre("They", "'ll", "save", "and", "invest", "more", "."));
  EXPECT_THAT(sentence("hi, my name can't hello,"), ElementsAre("hi", ",", "my", "name", "ca", "n't", "hello", ","));
  EXPECT_THAT(sentence("Good muffins cost $3.88 in New York."),
              ElementsAre("Good", "muffins", "cost", "$", "3.88", "in", "New", "York", "."));
  EXPECT_THAT(sentence("\"We beat some pretty good teams to get here,\" he said."),
              ElementsAre("``", "We", "beat", "some", "pretty", "good", "teams", "to", "get", "here", ",", "''", "he",
                          "said", "."));
  EXPECT_THAT(sentence("I cannot, you wanna go, gimme it"),
              ElementsAre("I", "can", "not", ",", "you", "wan", "na", "go", ",", "gim", "me", "it"));
  EXPECT_THAT(sentence("1,000 at 10:30 (see a--b)..."),
              ElementsAre("1,000", "at", "10:30", "(", "see", "a", "--", "b", ")", "..."));
  EXPECT_THAT(sentence("the boys' book's 'quoted' word"),
              ElementsAre("the", "boys", "'", "book", "'s", "'", "quoted", "'", "word"));
  EXPECT_THAT(sentence("«Ça va?» – “oui”"), ElementsAre("«", "Ça", "va", "?", "»", "–", "“", "oui", "”"));
  EXPECT_THAT(sentence("He said \"no.\""), ElementsAre("He", "said", "``", "no", ".", "''"));
  EXPECT_THAT(sentence("a\xc2\xa0"
                       "b\xe3\x80\x80"
                       "c"),
              ElementsAre("a", "b", "c"));
}

TEST(Tokenizer, odd_sentences) {
  EXPECT_THAT(sentence(""), ElementsAre());
  EXPECT_THAT(sentence(" \t\n"), ElementsAre());
  EXPECT_THAT(sentence("."), ElementsAre("."));
  EXPECT_THAT(sentence("\""), ElementsAre("``"));
  EXPECT_THAT(sentence("a\n,"), ElementsAre("a", ","));
  EXPECT_EQ(sentence(std::string(1'000'000, '\'')).size(), 500'000U);
  EXPECT_EQ(sentence(std::string(1'000'000, '.')).size(), 1U);
}

TEST(Sentences, end_at_full_stops_that_no_abbreviation_owns) {
  EXPECT_THAT(split("Dr. Smith came at 5 p.m. on Monday. He left."),
              ElementsAre("Dr. Smith came at 5 p.m. on Monday.", "He left."));
  EXPECT_THAT(split("We met at 5 p.m. The door was shut."), ElementsAre("We met at 5 p.m.", "The door was shut."));
  EXPECT_THAT(split("J. Smith and A. B. Jones of Acme Inc. agreed."),
              ElementsAre("J. Smith and A. B. Jones of Acme Inc. agreed."));
  EXPECT_THAT(split("See No. 5. I said no. Then e.g. this."),
              ElementsAre("See No. 5.", "I said no.", "Then e.g. this."));
  EXPECT_THAT(split("1. Bring it.\n2. Read it."), ElementsAre("1. Bring it.", "2. Read it."));
}

TEST(Sentences, end_at_questions_quotes_and_empty_lines) {
  EXPECT_THAT(split("Is it? (Yes!) \"Sure.\" ok"), ElementsAre("Is it?", "(Yes!)", "\"Sure.\"", "ok"));
  EXPECT_THAT(split("Dear all\n \nsee you on Mon.\n\nAda"), ElementsAre("Dear all", "see you on Mon.", "Ada"));
  EXPECT_THAT(split("one line\nand another"), ElementsAre("one line\nand another"));
  EXPECT_THAT(split("ask a.b@example.org v1.2 ...and so on... Right"),
              ElementsAre("ask a.b@example.org v1.2 ...and so on...", "Right"));
  EXPECT_THAT(split(" \n\n "), ElementsAre());
}

}  // namespace
}  // namespace custos::stage
