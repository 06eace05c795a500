// Questions to a small archive, by words alone: no model is needed.
#include "agent/answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/summary.h"
#include "store/sample_archive.h"

namespace custos::agent {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

struct Letter {
  std::string subject;
  std::string text;
  int answers = -1;  // the number of the letter that it answers
  std::string from = "ann@example.com";
};

const std::vector<Letter> kLetters = {
    {"Pump", "The main pump failed on Tuesday. Its valve is broken and has to be replaced."},
    {"Pump", "A new valve costs 480 dollars. Shall I order it?", 0, "bo@example.com"},
    {"Pump", "Yes, order the valve from Tenby today.", 1},
    {"Picnic", "The picnic is on the lawn behind the station. Bring salad and a blanket."},
    {"Minutes", "We spoke about budgets, hiring and the new office. Nobody was against the office."},
};

document::Record record_of(int number, uint64_t begin) {
  const Letter& letter = kLetters[static_cast<size_t>(number)];
  document::Record record = store::sample_record(number, begin);
  record.subject = store::SampleText::restore(letter.subject, {});
  record.text = store::SampleText::restore(letter.text, {});
  record.parts[0].text = record.text;
  record.parts[0].language = "en";
  record.chunks = {{{0, static_cast<uint32_t>(letter.text.size())}, 0, 9}};
  record.from = {{"", letter.from}};
  record.content_key = blake2b(letter.text);
  record.raw_digest = blake2b(letter.text);
  record.raw_bytes = letter.text.size();
  record.thread_keys = {};
  record.thread_keys.own = {hash64(record.message_id)};
  if (letter.answers >= 0) {
    record.thread_keys.links = {hash64(store::sample_record(letter.answers).message_id)};
  }
  return record;
}

Status publish(store::Archive& archive) {
  ASSIGN_OR_RETURN(const store::SourceId source, archive.register_source("/mail"));
  ASSIGN_OR_RETURN(const auto publication, archive.begin_publication({}));
  ASSIGN_OR_RETURN(const store::BlockSealer sealer, archive.sealer());
  std::string bytes;
  for (const Letter& letter : kLetters) bytes += letter.text;
  ASSIGN_OR_RETURN(const store::SealedBlock sealed, sealer.seal(bytes));
  ASSIGN_OR_RETURN(const store::BlockRef block, publication->add_block(sealed));
  uint32_t inside = 0;
  for (size_t i = 0; i < kLetters.size(); ++i) {
    const auto size = static_cast<uint32_t>(kLetters[i].text.size());
    document::Record record = record_of(static_cast<int>(i), inside);
    const bool is_last = i + 1 == kLetters.size();
    ASSIGN_OR_RETURN(const store::Added added,
                     publication->add_message(record, {source, 0, is_last}, {block, inside, inside + size}));
    if (added.outcome != store::Outcome::kStored) return Error{Code::kConflict, "not stored"};
    inside += size;
  }
  return publication->publish();
}

class AnswerTest : public testing::Test {
 protected:
  void SetUp() override {
    archive_ = sample_.write();
    const Status published = publish(*archive_);
    ASSERT_TRUE(published.ok()) << published.error().message;
    open();
  }
  void open() {
    auto searcher = query::Searcher::create(*archive_, nullptr, {});
    ASSERT_TRUE(searcher.ok()) << searcher.error().message;
    searcher_ = std::move(*searcher);
  }

  Answer ask(const std::string& question, bool all = false) {
    AnswerRequest request;
    request.question = question;
    request.all = all;
    auto answer = agent::answer({*archive_, *searcher_}, request, {}, {});
    EXPECT_TRUE(answer.ok()) << answer.error().message;
    return answer.ok() ? std::move(*answer) : Answer{};
  }
  Result<Answer> summarize(const SummaryRequest& request) {
    return agent::summarize({*archive_, *searcher_}, request, {}, {});
  }

  store::SampleArchive sample_;
  std::unique_ptr<store::Archive> archive_;
  std::unique_ptr<query::Searcher> searcher_;
};

TEST_F(AnswerTest, TheSentenceThatAnswersIsCitedWithItsBytes) {
  const Answer answer = ask("How much does a new valve cost?");
  ASSERT_TRUE(answer.found);
  const AnswerSentence& first = answer.sentences.front();
  EXPECT_EQ(first.text.text(), "A new valve costs 480 dollars.");
  EXPECT_TRUE(first.verdict.supported());
  ASSERT_THAT(first.citations, SizeIs(1));
  const Citation& citation = first.citations.front();
  EXPECT_EQ(citation.message, "m100001");
  EXPECT_EQ(citation.part, "1");
  EXPECT_EQ(citation.span, (document::Span{0, 30}));
  EXPECT_EQ(citation.sha256, sha256(kLetters[1].text));
}

TEST_F(AnswerTest, WhatIsNotThereIsNotFound) {
  const Answer answer = ask("Which parliament ratified the fisheries treaty?");
  EXPECT_FALSE(answer.found);
  EXPECT_THAT(answer.sentences, SizeIs(0));
}

TEST_F(AnswerTest, TheSameQuestionHasTheSameAnswer) {
  const Answer first = ask("Where is the picnic?");
  const Answer second = ask("Where is the picnic?");
  EXPECT_EQ(first.id, second.id);
  EXPECT_NE(first.id, ask("Where was the picnic?").id);
}

TEST_F(AnswerTest, AllMatchesAreCountedAndCited) {
  const Answer answer = ask("Who mentions the valve?", true);
  EXPECT_EQ(answer.mode, AnswerMode::kExhaustive);
  EXPECT_EQ(answer.total, 3U);
  std::vector<std::string> messages;
  for (const AnswerSentence& sentence : answer.sentences) messages.push_back(sentence.citations.front().message);
  EXPECT_THAT(messages, ElementsAre("m100000", "m100001", "m100002"));
  EXPECT_EQ(ask("fisheries treaty", true).total, 0U);
  EXPECT_FALSE(ask("fisheries treaty", true).found);
}

TEST_F(AnswerTest, PersonsOfTheQuestionAreFiltersThatHold) {
  const Answer answer = ask("What did bo@example.com write about the valve?");
  ASSERT_THAT(answer.filters, SizeIs(1));
  EXPECT_EQ(answer.filters[0].scope, "from");
  for (const AnswerSentence& sentence : answer.sentences) EXPECT_EQ(sentence.citations[0].message, "m100001");
}

TEST_F(AnswerTest, WithoutTheOriginalsKeyTheErrorNamesIt) {
  std::filesystem::remove(sample_.options.key_file);
  archive_ = sample_.read();
  open();
  AnswerRequest request;
  request.question = "How much does a new valve cost?";
  const auto answer = agent::answer({*archive_, *searcher_}, request, {}, {});
  ASSERT_FALSE(answer.ok());
  EXPECT_THAT(answer.error().message, HasSubstr("test.key"));
}

TEST_F(AnswerTest, StopsWhenAsked) {
  std::stop_source stop;
  stop.request_stop();
  AnswerRequest request;
  request.question = "valve";
  for (const bool all : {false, true}) {
    request.all = all;
    const auto answer = agent::answer({*archive_, *searcher_}, request, stop.get_token(), {});
    ASSERT_FALSE(answer.ok());
    EXPECT_EQ(answer.error().code, Code::kCancelled);
  }
}

TEST_F(AnswerTest, AQuestionWithoutAWordIsAnError) {
  AnswerRequest request;
  request.question = " ?! ";
  EXPECT_EQ(agent::answer({*archive_, *searcher_}, request, {}, {}).error().code, Code::kInvalidArgument);
}

TEST_F(AnswerTest, AThreadIsSummarizedInTheOrderOfTime) {
  const auto summary = summarize({.thread = "m100001", .sentences = 3});
  ASSERT_TRUE(summary.ok()) << summary.error().message;
  EXPECT_EQ(summary->total, 3U);
  ASSERT_THAT(summary->sentences, SizeIs(3));
  std::string before;
  for (const AnswerSentence& sentence : summary->sentences) {
    EXPECT_TRUE(sentence.verdict.supported());
    EXPECT_LE(before, sentence.citations.front().message);
    before = sentence.citations.front().message;
    EXPECT_LE(before, "m100002") << "not of this thread";
  }
}

TEST_F(AnswerTest, ASubjectLineIsAPhraseOfTheText) {
  const auto summary = summarize({.message = "m100003", .subject_line = true});
  ASSERT_TRUE(summary.ok()) << summary.error().message;
  ASSERT_THAT(summary->sentences, SizeIs(1));
  EXPECT_THAT(kLetters[3].text, HasSubstr(summary->sentences[0].text.text()));
  EXPECT_LE(summary->sentences[0].text.text().size(), 60U);
}

TEST_F(AnswerTest, SummariesOfPersonsAndPeriods) {
  const auto person = summarize({.person = "bo@example.com"});
  ASSERT_TRUE(person.ok()) << person.error().message;
  EXPECT_EQ(person->total, 1U);
  const auto nothing = summarize({.before = "1999"});
  ASSERT_TRUE(nothing.ok()) << nothing.error().message;
  EXPECT_FALSE(nothing->found);
  EXPECT_EQ(summarize({}).error().code, Code::kInvalidArgument);
  EXPECT_EQ(summarize({.thread = "m100001", .person = "bo"}).error().code, Code::kInvalidArgument);
  EXPECT_EQ(summarize({.thread = "nowhere"}).error().code, Code::kNotFound);
}

TEST(EmptyArchive, HasNoAnswer) {
  const store::SampleArchive sample;
  const auto archive = sample.write();
  const auto searcher = query::Searcher::create(*archive, nullptr, {});
  ASSERT_TRUE(searcher.ok());
  for (const bool all : {false, true}) {
    AnswerRequest request;
    request.question = "Where is the picnic?";
    request.all = all;
    const auto answer = agent::answer({*archive, **searcher}, request, {}, {});
    ASSERT_TRUE(answer.ok()) << answer.error().message;
    EXPECT_FALSE(answer->found);
  }
}

}  // namespace
}  // namespace custos::agent
