#include "stage/redact/scan/pattern_syntax.h"

#include <gtest/gtest.h>

#include <string>

namespace custos::stage {
namespace {

ByteSet digits() {
  ByteSet set;
  for (size_t byte = '0'; byte <= '9'; ++byte) set.set(byte);
  return set;
}

PatternNode tree(std::string_view pattern, bool ignore_case = false, bool unicode = false) {
  return parse_pattern(pattern, ignore_case, unicode).value().root;
}

TEST(PatternSyntax, KnowsWhetherEveryMatchHasADigit) {
  for (const char* pattern : {"\\d", "A[0-9]", "(?:A|B)7", "(?:\\d|x1)", "[A-Z]{2,3}\\d+", "(A)\\d{1,2}?", "[1-35]"}) {
    EXPECT_TRUE(always_has(tree(pattern), digits())) << pattern;
  }
  for (const char* pattern : {"", "A", "\\d?", "\\d*", "\\d{0,2}", "[A-Z0-9]", "\\d|x", "[^0-9]", "(?:\\d|x)y", "."}) {
    EXPECT_FALSE(always_has(tree(pattern), digits())) << pattern;
  }
}

TEST(PatternSyntax, CountsWhatMayStandBeforeTheFirstDigit) {
  EXPECT_EQ(bytes_before(tree("\\d{3}"), digits()), 0U);
  EXPECT_EQ(bytes_before(tree("[A-Z]{2}[ -]?\\d"), digits()), 3U);
  EXPECT_EQ(bytes_before(tree("A\\d|BCD(?:E?F\\d){2}"), digits()), 5U);
  EXPECT_EQ(bytes_before(tree("(?:\\(\\d\\))?x\\d"), digits()), 1U);
}

TEST(PatternSyntax, MeasuresMatches) {
  EXPECT_EQ(expanded_size(tree("(?:ab){2,3}c?")), 7U);
  EXPECT_EQ(least_size(tree("(?:ab){2,3}c?|xyz")), 3U);
  EXPECT_EQ(expanded_size(tree("a+")), kEndless);
  EXPECT_EQ(expanded_size(tree("(?:(?:(?:a{1000}){1000}){1000}){1000}")), kEndless);
}

TEST(PatternSyntax, KnowsALiteralWhenItSeesOne) {
  for (const char* pattern : {"AKIA[A-Z]{4}", "x?(?:abc|def)\\d", "\\d(?i:key)"}) {
    EXPECT_TRUE(has_literal(tree(pattern))) << pattern;
  }
  for (const char* pattern : {"ab\\d", "(?:abc)?\\d", "abc|\\d", "a[bc]d", "[A-Z]{3}"}) {
    EXPECT_FALSE(has_literal(tree(pattern))) << pattern;
  }
}

TEST(PatternSyntax, TakesBothCasesWhereCaseIsIgnored) {
  EXPECT_TRUE(tree("k", true).children.front().bytes['K']);
  EXPECT_FALSE(tree("k").children.front().bytes['K']);
  EXPECT_FALSE(tree("[^k]", true).children.front().bytes['K']);
}

TEST(PatternSyntax, CharactersAreMoreThanTheirBytes) {
  const auto exact = parse_pattern("[a-f]\\s", false, true);
  ASSERT_TRUE(exact);
  EXPECT_TRUE(exact->exact);
  const auto wider = parse_pattern("[\xC3\xA0-\xC3\xBF]", false, true);
  ASSERT_TRUE(wider);
  EXPECT_FALSE(wider->exact);
}

TEST(PatternSyntax, GivesUpOnWhatItCannotSay) {
  for (const char* pattern : {"\\bx", "\\pL", "(?P<n>x)", "(?m)x", "x{2", "(x", "[x", "x)", "\\", "x{1001}",
                              "[[:alpha:]]", "x{3,2}", "\\1", "x**", "x{2}{3}"}) {
    EXPECT_FALSE(parse_pattern(pattern, false, false)) << pattern;
  }
  EXPECT_FALSE(parse_pattern(std::string(100, '(') + std::string(100, ')'), false, false));
}

}  // namespace
}  // namespace custos::stage
