#include "stage/deduplicate/without_space.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace custos::stage {
namespace {

std::string without_space(std::string_view text) {
  std::string out = "x ";
  append_without_space(out, text);
  return out;
}

TEST(WithoutSpaceTest, appends_what_is_left) {
  EXPECT_EQ(without_space(""), "x ");
  EXPECT_EQ(without_space(" \t\r\n"), "x ");
  EXPECT_EQ(without_space("a b\tc\r\nd"), "x abcd");
  EXPECT_EQ(without_space("one\xc2\xa0two\xe2\x80\x8bthree\xef\xbb\xbf"), "x onetwothree");
}

TEST(WithoutSpaceTest, keeps_other_characters_beyond_ascii) {
  EXPECT_EQ(without_space("Gr\xc3\xbc\xc3\x9f\x65 \xe2\x82\xac"), "x Gr\xc3\xbc\xc3\x9f\x65\xe2\x82\xac");
  EXPECT_EQ(without_space("\xc2"), "x \xc2");
  EXPECT_EQ(without_space("\xe2\x80"), "x \xe2\x80");
}

// Blocks of any alignment and length, with every pattern of blanks in one, read as byte by byte.
TEST(WithoutSpaceTest, blocks_read_as_bytes_do) {
  for (unsigned pattern = 0; pattern < 4096; ++pattern) {
    std::string text(pattern % 37, 'a');
    for (unsigned i = 0; i < 12; ++i) text += (pattern >> i & 1) != 0 ? static_cast<char>('b' + i) : ' ';
    if (pattern % 5 == 0) text += "\xc2\xa0";
    text.append(pattern % 23, 'z');
    std::string expected = text;
    std::erase(expected, ' ');
    if (const size_t wide = expected.find("\xc2\xa0"); wide != std::string::npos) expected.erase(wide, 2);
    ASSERT_EQ(without_space(text), "x " + expected) << pattern;
  }
}

}  // namespace
}  // namespace custos::stage
