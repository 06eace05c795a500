#include "model/tokenizer/trie.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <vector>

namespace custos::model {
namespace {

Trie trie_of(const std::map<std::string, uint32_t>& words) {
  std::vector<Trie::Entry> entries;
  for (const auto& [word, value] : words) entries.push_back({word, value});
  auto trie = Trie::build(entries);
  EXPECT_TRUE(trie.ok());
  return std::move(*trie);
}

TEST(Trie, FindsItsKeysAndNoOthers) {
  const Trie trie = trie_of({{"a", 7}, {"abc", 8}, {"\xff\x01", 9}});
  EXPECT_EQ(trie.find("a"), 7U);
  EXPECT_EQ(trie.find("abc"), 8U);
  EXPECT_EQ(trie.find("\xff\x01"), 9U);
  for (const char* other : {"", "ab", "abcd", "b", "\xff"}) EXPECT_EQ(trie.find(other), Trie::kNone) << other;
  EXPECT_FALSE(trie.is_key(trie.walk(Trie::kRoot, "ab")));
  EXPECT_EQ(Trie().find("a"), Trie::kNone);
}

TEST(Trie, HoldsAnyBytes) {
  std::mt19937 random(3);
  std::map<std::string, uint32_t> words;
  for (uint32_t i = 0; i < 20'000; ++i) {
    std::string word(1 + random() % 6, '\0');
    for (char& c : word) c = static_cast<char>(random() % 2 == 0 ? random() % 256 : 'a' + random() % 4);
    words.emplace(std::move(word), i);
  }
  const Trie trie = trie_of(words);
  for (const auto& [word, value] : words) {
    ASSERT_EQ(trie.find(word), value);
    const auto longer = words.find(word + 'b');
    ASSERT_EQ(trie.find(word + 'b'), longer == words.end() ? Trie::kNone : longer->second);
  }
}

}  // namespace
}  // namespace custos::model
