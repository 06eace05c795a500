#include "source/detect/sniff.h"

#include <gtest/gtest.h>

#include "source/testing/source_kit.h"

namespace custos::source {
namespace {

using namespace std::string_view_literals;

TEST(Sniff, TellsMessages) {
  for (const std::string_view text :
       {"Subject: re : xyz\n\nbody\n"sv, "\nDate: x\nFrom: a@b\n\n"sv,
        "Received: by x;\n\tMon\nFrom: a\nbroken line\nTo: b\n\nx"sv, "X-Thing: 1\nMIME-Version: 1.0\r\n\r\n"sv,
        "From: a@b"sv, ">From a@b Mon May 5\nTo: b\n\n"sv, "\xEF\xBB\xBFSubject: x\n\n"sv,
        "From : a@b\nTo : c\n\n"sv}) {
    EXPECT_EQ(sniff(text, true), Content::kMessage) << text;
  }
}

TEST(Sniff, TellsTextThatIsNoMessage) {
  for (const std::string_view text : {"name: x\nversion: 2\n\n"sv, "Dear Bob,\n\nhello\n"sv, "a,b,c\n1,2,3\n"sv,
                                      "<html>\n"sv, "BEGIN:VCARD\nFN:x\n"sv, "Date: x\nnothing like a field\n\n"sv,
                                      "{\n \"text\": 1\n}\n"sv, "http://a.b/\n"sv, " From: a\n\n"sv}) {
    EXPECT_EQ(sniff(text, true), Content::kText) << text;
  }
}

TEST(Sniff, TellsTheRest) {
  EXPECT_EQ(sniff("", true), Content::kEmpty);
  EXPECT_EQ(sniff(testing::mbox(1), true), Content::kMbox);
  EXPECT_EQ(sniff("garbage\n\n" + testing::mbox(1), true), Content::kMbox);
  EXPECT_EQ(sniff("12  \nSubject: x\n\n", true), Content::kEmlx);
  EXPECT_EQ(sniff("{\"id\": 1, \"text\": \"x\"}\n{", false), Content::kJsonLines);
  EXPECT_EQ(sniff("a\0b"sv, true), Content::kBinary);
  EXPECT_EQ(sniff("\x1F\x8B\x08\0"sv, true), Content::kContainer);
  EXPECT_EQ(sniff(std::string(1024, '\0'), true), Content::kBinary);
}

}  // namespace
}  // namespace custos::source
