// Mail that is made to break a parser. Each message ends, in bounded time and memory, as what could be read and a
// defect.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>

#include "base/utf8.h"
#include "stage/parse/parse.h"

namespace custos::stage {
namespace {

constexpr double kSecondsMax = 30;  // a sanitized build on a busy machine

class HostileTest : public testing::Test {
 protected:
  document::Message parse(std::string_view raw) {
    const auto begin = std::chrono::steady_clock::now();
    auto parser = MailParser::create(ParseLimits{});
    auto message = parser->parse(raw);
    EXPECT_TRUE(message.ok());
    EXPECT_LT(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count(), kSecondsMax);
    for (const document::Part& part : message->parts) EXPECT_TRUE(utf8_is_valid(part.text));
    EXPECT_TRUE(utf8_is_valid(message->subject));
    return std::move(*message);
  }
};

bool has_defect(const document::Message& message, std::string_view name) {
  return std::find(message.defects.begin(), message.defects.end(), name) != message.defects.end();
}

std::string repeat(std::string_view piece, size_t times) {
  std::string out;
  out.reserve(piece.size() * times);
  for (size_t i = 0; i < times; ++i) out += piece;
  return out;
}

const std::string kHead = "From: Ann <ann@example.com>\nTo: bob@example.com\nSubject: Plan\n";

TEST_F(HostileTest, MultipartsNestedWithoutEnd) {
  for (const int levels : {40, 5000, 300000}) {
    std::string raw = kHead;
    for (int i = 0; i < levels; ++i) {
      const std::string boundary = "b" + std::to_string(i);
      raw += "Content-Type: multipart/mixed; boundary=" + boundary + "\n\n--" + boundary + "\n";
    }
    const auto message = parse(raw + "\nx");
    EXPECT_TRUE(has_defect(message, "nesting-too-deep") || has_defect(message, "too-many-parts")) << levels;
    EXPECT_EQ(message.subject, "Plan");
    EXPECT_LE(message.parts.size(), 2U);
  }
}

TEST_F(HostileTest, MessagesNestedWithoutEnd) {
  const auto message = parse(kHead + repeat("Content-Type: message/rfc822\n\n", 1000000) + "\nx");
  EXPECT_TRUE(has_defect(message, "nesting-too-deep"));
  EXPECT_LE(message.parts.size(), 40U);
}

TEST_F(HostileTest, EncodedMessagesNested) {
  std::string raw = "\nx";
  for (int i = 0; i < 12; ++i) {
    std::string encoded;
    static constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t at = 0; at < raw.size(); at += 3) {
      uint32_t group = 0;
      for (size_t k = 0; k < 3; ++k)
        group = group << 8 | (at + k < raw.size() ? static_cast<unsigned char>(raw[at + k]) : ' ');
      for (int shift = 18; shift >= 0; shift -= 6) encoded += kDigits[group >> shift & 63];
    }
    raw = "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n" + encoded + "\n";
  }
  const auto message = parse(raw);
  EXPECT_EQ(message.parts.size(), 13U);
}

TEST_F(HostileTest, HundredThousandHeaders) {
  std::string raw = "From: ann@example.com\n";
  for (int i = 0; i < 100000; ++i) raw += "X-H" + std::to_string(i) + ": v\n";
  const auto message = parse(raw + "Subject: last of all\n\nbody\n");
  EXPECT_TRUE(has_defect(message, "headers-too-many"));
  EXPECT_EQ(message.text(), "body\n");
  EXPECT_EQ(message.from.at(0).address, "ann@example.com");
}

TEST_F(HostileTest, HeadersOfTenMegabytes) {
  const auto message = parse("X-Long: " + std::string(10000000, 'a') + "\n" + kHead + "\nbody\n");
  EXPECT_TRUE(has_defect(message, "headers-too-large"));
  EXPECT_EQ(message.subject, "Plan");
  EXPECT_EQ(message.text(), "body\n");
}

TEST_F(HostileTest, ManyHeadersInAPart) {
  std::string raw = kHead + "Content-Type: multipart/mixed; boundary=b\n\n--b\n";
  raw += repeat("X: y\n", 300000) + "Content-Type: text/plain\n\nhello\n--b--\n";
  const auto message = parse(raw);
  EXPECT_TRUE(has_defect(message, "headers-too-many"));
  EXPECT_EQ(message.parts.size(), 1U);
}

TEST_F(HostileTest, TwoHundredThousandFlatParts) {
  const auto message =
      parse(kHead + "Content-Type: multipart/mixed; boundary=b\n\n" + repeat("--b\n\nx\n", 200000) + "--b--\n");
  EXPECT_TRUE(has_defect(message, "too-many-parts"));
  EXPECT_EQ(message.parts.size(), ParseLimits{}.parts_max);
}

TEST_F(HostileTest, FlatPartsUnderABoundaryThatIsHardToRead) {
  for (const char* boundary : {"boundary*=us-ascii''b", "boundary*0=b", "boundary (c) =b", "boundary=\"\\b\""}) {
    const auto message =
        parse(kHead + "Content-Type: multipart/mixed; " + boundary + "\n\n" + repeat("--b\n\nx\n", 200000) + "--b--\n");
    EXPECT_TRUE(has_defect(message, "too-many-parts")) << boundary;
  }
}

TEST_F(HostileTest, GroupsNestedInAnAddress) {
  const auto message = parse("From: ann@example.com\nTo: " + repeat("g: ", 90000) + "x@example.com;\n\nbody\n");
  EXPECT_EQ(message.from.at(0).address, "ann@example.com");
  EXPECT_EQ(message.text(), "body\n");
}

TEST_F(HostileTest, BracketsNestedInAnAddress) {
  for (const char* mark : {"(", "<", "\"", "[", "\\", "@", ",", ";", "<@"}) {
    const auto message = parse("From: ann@example.com\nTo: " + repeat(mark, 90000) + " x@example.com\n\nbody\n");
    EXPECT_EQ(message.text(), "body\n") << mark;
  }
}

TEST_F(HostileTest, TwelveThousandAddressesAreAllKept) {
  std::string raw = "From: ann@example.com\nTo: ";
  for (int i = 0; i < 12000; ++i) raw += "u" + std::to_string(i) + "@example.com,\n ";
  const auto message = parse(raw + "z@example.com\n\nbody\n");
  EXPECT_EQ(message.to.size(), 12001U);
}

TEST_F(HostileTest, EightThousandEncodedWords) {
  const auto message = parse("Subject: " + repeat("=?utf-8?B?aGVs?=\n ", 8000) + "\n\nbody\n");
  EXPECT_EQ(message.subject.size(), 24000U);
}

TEST_F(HostileTest, AHundredThousandReferences) {
  std::string raw = kHead + "References:";
  for (int i = 0; i < 40000; ++i) raw += " <" + std::to_string(i) + "@example.com>\n";
  EXPECT_EQ(parse(raw + "\nbody\n").references.size(), ParseLimits{}.references_max);
}

TEST_F(HostileTest, ALineOfAHundredMegabytes) {
  const auto message = parse(kHead + "\n" + std::string(100000000, 'a'));
  ASSERT_EQ(message.parts.size(), 1U);
  EXPECT_EQ(message.parts[0].bytes, 100000000U);
  EXPECT_EQ(message.parts[0].text.size(), ParseLimits{}.text_bytes_max);
  EXPECT_TRUE(has_defect(message, "text-truncated"));
}

TEST_F(HostileTest, NulBytesEverywhere) {
  std::string raw = "Subject: a?b\nFrom: ann@example.com\n\nx?y\n";
  std::replace(raw.begin(), raw.end(), '?', '\0');
  const auto message = parse(raw);
  EXPECT_EQ(message.subject, "a b");
  EXPECT_EQ(message.text(), "x\xef\xbf\xbdy\n");
  EXPECT_TRUE(has_defect(message, "nul-bytes"));
}

TEST_F(HostileTest, MemoryOfAHostileMessageIsBounded) {
  std::string raw = kHead + "Content-Type: multipart/mixed; boundary=b\n\n" + repeat("--b\nX: y\n\nx\n", 2000000);
  rusage before{};
  getrusage(RUSAGE_SELF, &before);
  parse(raw);
  rusage after{};
  getrusage(RUSAGE_SELF, &after);
  EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 200 * 1024);  // KiB; unbounded it is about 2 GiB
}

}  // namespace
}  // namespace custos::stage
