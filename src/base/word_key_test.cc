#include "base/word_key.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace custos {
namespace {

TEST(WordKeys, ShortWordsAreTheirOwnKeys) {
  const WordKeys keys;
  const WordKeys others;
  std::set<uint64_t> seen;
  for (const std::string word :
       {"", "a", "b", "ab", "ba", "abc", "acb", "abcd", "abcde", "abcdef", "abcdefg", "abcdeg"}) {
    EXPECT_TRUE(WordKeys::is_exact(keys.key(word)));
    EXPECT_EQ(keys.key(word), others.key(word)) << word;
    EXPECT_TRUE(seen.insert(keys.key(word)).second) << word;
  }
}

TEST(WordKeys, LongWordsAreHashedWithASeed) {
  const WordKeys keys;
  const WordKeys others;
  EXPECT_FALSE(WordKeys::is_exact(keys.key("abcdefgh")));
  EXPECT_EQ(keys.key("abcdefgh"), keys.key(std::string("abcdefgh")));
  EXPECT_NE(keys.key("abcdefgh"), keys.key("abcdefgi"));
  EXPECT_NE(keys.key("abcdefghijkl"), others.key("abcdefghijkl"));
}

TEST(WordKeys, BothWaysToReadAWordAgree) {
  const WordKeys keys;
  const std::string text = "a bc def ghij klmno pqrstu vwxyzab cdefghij 12345678";
  const char* const whole_words_end = text.data() + text.size() - 7;
  for (size_t size = 0; size <= 9; ++size) {
    for (size_t at = 0; at + size <= text.size(); ++at) {
      const std::string_view word = std::string_view(text).substr(at, size);
      EXPECT_EQ(keys.key(word, whole_words_end), keys.key(word)) << word;
    }
  }
}

}  // namespace
}  // namespace custos
