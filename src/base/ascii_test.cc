#include "base/ascii.h"

#include <gtest/gtest.h>

#include <string>

namespace custos {
namespace {

TEST(AsciiRunLength, EndsAtTheFirstOtherByteWhereverItIs) {
  for (int c = 0; c < 256; ++c) {
    for (size_t at = 0; at < 40; ++at) {
      std::string text(40, 'Z');
      text[at] = static_cast<char>(c);
      const bool is_alnum = c < 0x80 && isalnum(c);
      ASSERT_EQ(ascii_run_length(text, 0), is_alnum ? 40 : at) << c;
    }
  }
  EXPECT_EQ(ascii_run_length("", 0), 0U);
  EXPECT_EQ(ascii_run_length("ab1 c", 2), 1U);
  EXPECT_EQ(ascii_run_length(std::string_view("abcdef").substr(0, 3), 0), 3U) << "reads no further than the view";
}

TEST(FindFirst, FindsEachOfTheWantedAndBeyondAsciiWhereAsked) {
  for (size_t at = 0; at < 40; ++at) {
    for (const char c : {'.', '\n', '\x80', '\xff'}) {
      std::string text(40, 'a');
      text[at] = c;
      const bool is_ascii = static_cast<unsigned char>(c) < 0x80;
      ASSERT_EQ((find_first<BeyondAscii::kFound, '.', '\n'>(text, at / 2)), at);
      ASSERT_EQ((find_first<BeyondAscii::kPassed, '.', '\n'>(text, at / 2)), is_ascii ? at : 40);
    }
  }
}

}  // namespace
}  // namespace custos
