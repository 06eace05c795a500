#include "source/mbox/mbox_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "source/mbox/from_line.h"
#include "source/mbox/unquote.h"
#include "source/testing/source_kit.h"

namespace custos::source {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::mbox;
using testing::message;
using testing::TestFolder;
using testing::walk_checked;

constexpr const char* kFrom = "From ann@example.org Mon May  5 10:00:00 2014\n";

std::vector<std::string> bytes_of(const std::string& file, const SourceOptions& options = {}) {
  const TestFolder folder;
  std::vector<std::string> bytes;
  for (auto& each : walk_checked(folder.write("box", file), options).documents()) bytes.push_back(each.bytes);
  return bytes;
}

TEST(FromLine, RecognisesWhatProgramsWrite) {
  for (const char* line :
       {"From a@b.org Thu Nov 24 18:22:48 1986\n", "From - Tue Feb 21 10:04:06 2017\n",
        "From jwz at netscape.com  Thu Mar  3 18:20:35 2016\n", "From ???@??? Mon Jan 05 09:00:00 1998\r\n",
        "From MAILER-DAEMON Fri Jul  8 12:08:34 2011 +0200\n", "From a@b.org Fri Jul  8 12:08:34 GMT 2011\n",
        "From 1234567890@xxx Thu Jan 01 00:00:00 +0000 2015\n", "From a@b.org Fri, 8 Jul 2011 12:08:34 +0200\n",
        "From a@b.org 2011-07-08T12:08:34Z\n", "From a!b Fri Jul  8 12:08:34 2011 remote from host\n",
        "From \"a b\"@c.org Wed Jan 30 18:07 2002\n", "From - \nReceived: x\n", "From \r\nFrom: a@b\r\n",
        "From a@b.org\nDate: now\n"}) {
    EXPECT_TRUE(begins_message(line)) << line;
  }
}

TEST(FromLine, RefusesSentences) {
  for (const char* line :
       {"From here on we walk.\n", "From 10:30 on Monday May 5 2014 we meet\n", "From: a@b.org\n", "From \nthe top\n",
        "From a@b.org\nthe top\n", "From me to you May 5 2014\n", "From Mon May 5 10:00:00 2014\nhello\n", "From",
        "From the desk of Ann, Mon May 5 10:00:00 2014 was\n", ">From a@b.org Thu Nov 24 18:22:48 1986\n"}) {
    EXPECT_FALSE(begins_message(line)) << line;
  }
}

TEST(Unquote, UndoesMboxrd) {
  EXPECT_EQ(unquoted("S: x\n\nHi\n\n>From here\n>>From there\n>>>From it\n"),
            "S: x\n\nHi\n\nFrom here\n>From there\n>>From it\n");
  EXPECT_EQ(unquoted("S: x\n\n> I said\n>From here to there\nYes\n"), "S: x\n\n> I said\n>From here to there\nYes\n");
  EXPECT_EQ(unquoted("S: >From x\n>From y\n\n>From z"), "S: >From x\n>From y\n\nFrom z");
}

TEST(Mbox, GivesEachMessageWithoutItsEnvelope) {
  EXPECT_THAT(bytes_of(mbox(3)), ElementsAre(message(1), message(2), message(3)));
}

TEST(Mbox, SpansHoldEnvelopeAndSeparator) {
  const TestFolder folder;
  const auto found = walk_checked(folder.write("box", mbox(2))).documents();
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].place, (document::Place{"box", 0, mbox(1).size()}));
  EXPECT_EQ(found[1].place.end, mbox(2).size());
}

TEST(Mbox, ReadsCarriageReturnsAndAMissingLastNewline) {
  const std::string text =
      "From a@b Mon May  5 10:00:00 2014\r\nSubject: a\r\n\r\nx\r\n\r\nFrom a@b Mon May  5 10:00:00 "
      "2014\r\nSubject: b\r\n\r\ny";
  EXPECT_THAT(bytes_of(text), ElementsAre("Subject: a\r\n\r\nx\r\n", "Subject: b\r\n\r\ny"));
}

TEST(Mbox, BodyLinesThatBeginWithFromDoNotSplit) {
  const std::string one = "Subject: a\n\nHello\n\nFrom here on it is text.\nFrom a@b Mon May  5 10:00:00 2014\nend\n";
  EXPECT_THAT(bytes_of(kFrom + one + "\n" + kFrom + message(2)), ElementsAre(one, message(2)));
}

TEST(Mbox, BelievesContentLengthThatEndsAtAFromLine) {
  const std::string body = "one\n\nFrom c@d Mon May  5 10:00:00 2014\nSubject: not a message\n\n>From kept\n";
  const std::string one = "Subject: a\nContent-Length: " + std::to_string(body.size()) + "\n\n" + body;
  EXPECT_THAT(bytes_of(kFrom + one + "\n" + kFrom + message(2)), ElementsAre(one, message(2)));
  EXPECT_THAT(bytes_of(kFrom + one), ElementsAre(one));
  EXPECT_THAT(bytes_of(kFrom + one + kFrom + message(2)), ElementsAre(one, message(2)));
}

TEST(Mbox, DoesNotBelieveAContentLengthThatEndsElsewhere) {
  const std::string one = "Subject: a\nContent-Length: 50\n\none\n";
  EXPECT_THAT(bytes_of(kFrom + one + "\n" + mbox(2)), ElementsAre(one, message(1), message(2)));
  const std::string huge = "Subject: a\nContent-Length: 99999999999999999999\n\none\n";
  EXPECT_THAT(bytes_of(kFrom + huge + "\n" + mbox(1)), ElementsAre(huge, message(1)));
}

TEST(Mbox, LeadingGarbageIsSkippedWithAReason) {
  const TestFolder folder;
  const auto walked = walk_checked(folder.write("box", "some notes of ours\n\n" + mbox(2)));
  EXPECT_EQ(walked.documents().size(), 2U);
  ASSERT_EQ(walked.skipped().size(), 1U);
  EXPECT_EQ(walked.skipped()[0].reason, "before the first From_ line");
  EXPECT_FALSE(walked.skipped()[0].failed);
}

TEST(Mbox, ForcedOnOtherTextHasFailed) {
  const TestFolder folder;
  SourceOptions options;
  options.format = Format::kMbox;
  EXPECT_THAT(walk_checked(folder.write("box", "hello\nworld\n"), options).failures(),
              ElementsAre("box: no From_ line: not an mbox"));
}

TEST(Mbox, AMessageAboveTheLimitIsReadPast) {
  SourceOptions options;
  options.document_bytes_max = 1U << 20;
  const TestFolder folder;
  const std::string line(5U << 20, 'x');  // one line
  const auto path = folder.write("box", mbox(1) + kFrom + "Subject: big\n\n" + line + "\n\n" + mbox(2));
  const auto walked = walk_checked(path, options);
  EXPECT_EQ(walked.documents().size(), 3U);
  EXPECT_THAT(walked.failures(), ElementsAre("box: larger than 1048576 bytes"));
}

TEST(Mbox, SeparatorsAreFoundWhereverTheBufferEnds) {
  const TestFolder folder;
  SourceOptions options;
  options.document_bytes_max = 300U << 10;
  std::string text;
  for (int number = 0; number < 400; ++number) {
    const size_t size = number % 37 == 0 ? 400'000 : 900 + static_cast<size_t>(number) * 7;
    text += kFrom + message(number, size) + "\n";
  }
  const auto walked = testing::walk(folder.write("box", text), options);
  testing::expect_tiles(walked);
  testing::expect_resumes(folder.path() / "box", options, 61);
  EXPECT_EQ(walked.items.size(), 400U);
  EXPECT_EQ(walked.failures().size(), 11U);
}

TEST(Mbox, NulBytesAreContent) {
  const std::string one = message(1) + std::string("a\0b\n", 4);
  EXPECT_THAT(bytes_of(kFrom + one + "\n" + kFrom + message(2)), ElementsAre(one, message(2)));
}

TEST(Mbox, WhatIsAppendedIsReadByTheNextRun) {
  const TestFolder folder;
  const auto path = folder.write("box", mbox(2));
  const auto first = testing::walk(path);
  folder.append("box", kFrom + message(3) + "\n");
  const auto second = testing::walk(path, {}, first.states);
  ASSERT_EQ(second.documents().size(), 1U);
  EXPECT_EQ(second.documents()[0].bytes, message(3));
  EXPECT_EQ(second.documents()[0].place.begin, mbox(2).size());
  EXPECT_EQ(second.states.at("box").generation, 0U);
}

TEST(Mbox, TheRestOfAMessageThatWasReadHalfWrittenHasFailed) {
  const TestFolder folder;
  const auto path = folder.write("box", mbox(1) + kFrom + "Subject: half\n\nbegin");
  const auto first = testing::walk(path);
  folder.append("box", " and end\n\n" + std::string(kFrom) + message(3));
  const auto second = testing::walk(path, {}, first.states);
  EXPECT_THAT(second.failures(), ElementsAre(HasSubstr("before it was whole")));
  EXPECT_EQ(second.documents().size(), 1U);
}

TEST(Mbox, AReplacedFileIsReadAnew) {
  const TestFolder folder;
  const auto path = folder.write("box", mbox(2));
  const auto first = testing::walk(path);
  folder.write("box", kFrom + message(7) + "\n" + mbox(5));
  const auto second = testing::walk(path, {}, first.states);
  EXPECT_EQ(second.documents().size(), 6U);
  EXPECT_EQ(second.states.at("box").generation, 1U);
}

TEST(Mbox, CutAnywhereItStillTiles) {
  const TestFolder folder;
  const std::string text = mbox(3, 200);
  for (size_t size = 0; size < text.size(); size += 7) {
    testing::expect_tiles(testing::walk(folder.write("box", text.substr(0, size))));
  }
}

}  // namespace
}  // namespace custos::source
