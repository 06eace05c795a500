#include "stage/parse/charset.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/utf8.h"

namespace custos::stage {
namespace {

struct Decoded {
  std::string text;
  std::vector<std::string> defects;
};

Decoded decode(std::string_view bytes, std::string_view label) {
  Defects defects;
  Decoded decoded;
  decoded.text = decode_charset(bytes, label, defects);
  decoded.defects = std::move(defects).take_sorted();
  return decoded;
}

using Names = std::vector<std::string>;

TEST(CharsetTest, ReadsEachCharsetByItsLabel) {
  struct Case {
    const char* label;
    std::string bytes;
    const char* text;
  };
  const std::vector<Case> cases = {
      {"utf-8",
       "Gr\xc3\xbc\xc3\x9f"
       "e",
       "Grüße"},
      {"ISO-8859-1",
       "Gr\xfc\xdf"
       "e",
       "Grüße"},
      {"iso-8859-15", "5 \xa4", "5 €"},
      {"windows-1252", "\x93quoted\x94", "“quoted”"},
      {"iso-8859-1", "\x93quoted\x94", "“quoted”"},
      {"iso-8859-2", "\xb1\xe6\xea", "ąćę"},
      {"koi8-r", "\xf0\xd2\xc9\xd7\xc5\xd4", "Привет"},
      {"windows-1251", "\xcf\xf0\xe8\xe2\xe5\xf2", "Привет"},
      {"shift_jis", "\x93\xfa\x96\x7b", "日本"},
      {"euc-jp", "\xc6\xfc\xcb\xdc", "日本"},
      {"iso-2022-jp", "\x1b$BF|K\\\x1b(B", "日本"},
      {"gb2312", "\xc4\xe3\xba\xc3", "你好"},
      {"gbk", "\xc4\xe3\xba\xc3", "你好"},
      {"big5", "\xa7\x41\xa6\x6e", "你好"},
      {"ks_c_5601-1987", "\xbe\xc8\xb3\xe7", "안녕"},
      {"windows-1255", "\xf9\xec\xe5\xed", "שלום"},
      {"iso-8859-8-i", "\xf9\xec\xe5\xed", "שלום"},
      {"windows-1256", "\xd3\xe1\xc7\xe3", "سلام"},
      {"tis-620", "\xca\xc7\xd1\xca", "สวัส"},
      {"utf-7", "Hi +AOQ-!", "Hi ä!"},
      {"utf-16le", std::string("H\0i\0", 4), "Hi"},
      {"macintosh", "\x8a", "ä"},
      {"cp850", "\x84", "ä"},
      {"\"UTF-8\"", "\xc3\xa4", "ä"},
  };
  for (const Case& one : cases) {
    const Decoded decoded = decode(one.bytes, one.label);
    EXPECT_EQ(decoded.text, one.text) << one.label;
    EXPECT_EQ(decoded.defects, Names{}) << one.label;
  }
}

TEST(CharsetTest, LabelUtf8ButBytesAreWindows1252) {
  const Decoded decoded = decode("caf\xe9 \x96 na\xefve", "utf-8");
  EXPECT_EQ(decoded.text, "café – naïve");
  EXPECT_EQ(decoded.defects, Names{"charset-mismatch"});
}

TEST(CharsetTest, LabelAsciiButBytesAreUtf8) {
  const Decoded decoded = decode("na\xc3\xafve", "us-ascii");
  EXPECT_EQ(decoded.text, "naïve");
  EXPECT_EQ(decoded.defects, Names{"charset-mismatch"});
}

TEST(CharsetTest, LabelLatin1ButBytesAreUtf8) {
  const Decoded decoded = decode("\xc3\xa4\xc3\xb6\xc3\xbc", "iso-8859-1");
  EXPECT_EQ(decoded.text, "äöü");
  EXPECT_EQ(decoded.defects, Names{"charset-mismatch"});
}

TEST(CharsetTest, OnePairThatCouldBeUtf8StaysLatin1) { EXPECT_EQ(decode("\xc3\xa9", "iso-8859-1").text, "Ã©"); }

TEST(CharsetTest, LabelGb2312ButBytesAreUtf8) {
  const Decoded decoded = decode("\xe4\xbd\xa0\xe5\xa5\xbd\xe5\x95\x8a", "euc-jp");
  EXPECT_EQ(decoded.text, "你好啊");
  EXPECT_EQ(decoded.defects, Names{"charset-mismatch"});
}

TEST(CharsetTest, UnknownLabelIsNamedAndGuessed) {
  const Decoded decoded = decode("na\xefve", "x-no-such-charset");
  EXPECT_EQ(decoded.text, "naïve");
  EXPECT_EQ(decoded.defects, Names{"unknown-charset"});
}

TEST(CharsetTest, NoLabelAndEightBitsIsNamed) {
  EXPECT_EQ(decode("na\xefve", "").defects, Names{"missing-charset"});
  EXPECT_EQ(decode("na\xc3\xafve", "").defects, Names{});
  EXPECT_EQ(decode("plain", "").defects, Names{});
}

TEST(CharsetTest, LongUnlabelledRussianIsDetected) {
  std::string text = "Добрый день, коллеги! Пожалуйста, пришлите отчёт о продажах до пятницы. ";
  text += "Мы обсудим его на совещании в понедельник утром, как договаривались вчера. Спасибо за помощь и до встречи.";
  std::string bytes;  // windows-1251: the letters of the Cyrillic block lie in order
  for (size_t i = 0; i < text.size();) {
    const CodePoint point = utf8_decode(text, i);
    i += point.length;
    if (point.value < 0x80)
      bytes += static_cast<char>(point.value);
    else if (point.value == 0x451)
      bytes += '\xb8';
    else
      bytes += static_cast<char>(point.value - 0x410 + 0xc0);
  }
  EXPECT_EQ(decode(bytes, "").text, text);
}

TEST(CharsetTest, BrokenBytesNeverGiveBrokenUtf8) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  for (const char* label : {"", "utf-8", "gb2312", "iso-2022-jp", "utf-16", "utf-7", "big5", "x-unknown", "euc-kr"}) {
    EXPECT_TRUE(utf8_is_valid(with_plain_line_ends(decode(bytes, label).text))) << label;
  }
}

TEST(CharsetTest, LineEndsAndNul) {
  EXPECT_EQ(with_plain_line_ends("a\r\nb\rc\n"), "a\nb\nc\n");
  EXPECT_EQ(with_plain_line_ends("\xef\xbb\xbf"
                                 "a"),
            "a");
  EXPECT_EQ(with_plain_line_ends(std::string("a\0b", 3)),
            "a\xef\xbf\xbd"
            "b");
}

// ASCII alone takes a shorter way than ASCII beside other bytes; both must read it the same.
TEST(CharsetTest, AsciiReadsTheSameAloneAndBesideOthers) {
  std::string ascii;
  for (char c = 1; c < 0x7f; ++c) {
    if (c != '\x1b') ascii += c;
  }
  for (const std::string label : {"iso-8859-1",
                                  "iso-8859-2",
                                  "iso-8859-3",
                                  "iso-8859-4",
                                  "iso-8859-5",
                                  "iso-8859-7",
                                  "iso-8859-9",
                                  "iso-8859-15",
                                  "windows-1250",
                                  "windows-1251",
                                  "windows-1252",
                                  "windows-1253",
                                  "windows-1254",
                                  "windows-1255",
                                  "windows-1256",
                                  "windows-1257",
                                  "windows-1258",
                                  "koi8-r",
                                  "koi8-u",
                                  "latin1",
                                  "us-ascii",
                                  "utf-8",
                                  ""}) {
    const Decoded alone = decode(ascii, label);
    EXPECT_EQ(alone.text, ascii) << label;
    EXPECT_TRUE(alone.defects.empty()) << label;
    EXPECT_EQ(decode(ascii + "\xe1\n", label).text.substr(0, ascii.size()), ascii) << label;
  }
}

}  // namespace
}  // namespace custos::stage
