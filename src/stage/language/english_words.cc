#include "stage/language/english_words.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace custos::stage {
namespace {

// Words that are frequent in English and in no other language: by the frequency lists of the wordfreq project they are
// 27.8% of English and at most 0.7% of any of 41 others. Hence without "a", "in", "is", "to", "for", "on", "we", "was".
// At most seven letters.
constexpr std::array<std::string_view, 76> kWords = {
    "the",     "of",    "and",   "that",  "you",    "it",      "this",   "be",    "with",    "have",   "not",
    "are",     "but",   "or",    "from",  "your",   "his",     "my",     "they",  "will",    "she",    "all",
    "if",      "can",   "which", "more",  "has",    "out",     "about",  "who",   "what",    "there",  "their",
    "when",    "were",  "would", "been",  "get",    "some",    "how",    "them",  "now",     "into",   "here",
    "make",    "our",   "other", "after", "its",    "very",    "then",   "than",  "know",    "could",  "only",
    "because", "see",   "think", "these", "should", "did",     "before", "where", "back",    "those",  "any",
    "still",   "again", "need",  "sure",  "please", "between", "thanks", "such",  "through", "however"};

constexpr size_t kHitsMin = 4;
constexpr size_t kWordsPerHitMax = 7;     // half of a text in another language doubles its 3.6
constexpr size_t kGapWordsMax = 40;       // a longer stretch without any is a table, or somebody else's words
constexpr size_t kBytesPerOtherMin = 16;  // of bytes outside ASCII: typographic quotes, but no script without blanks

// Letters of a word in one number, the last lowest; longer words keep their last eight and so are none of kWords.
constexpr uint64_t append(uint64_t word, unsigned char letter) { return word << 8 | letter; }

class WordTable {
 public:
  constexpr WordTable() {
    for (const std::string_view text : kWords) {
      uint64_t word = 0;
      for (const char letter : text) word = append(word, static_cast<unsigned char>(letter));
      size_t at = slot(word);
      while (slots_[at] != 0) at = (at + 1) % kSlots;
      slots_[at] = word;
    }
  }
  [[nodiscard]] constexpr bool has(uint64_t word) const {
    size_t at = slot(word);
    while (slots_[at] != 0 && slots_[at] != word) at = (at + 1) % kSlots;
    return slots_[at] != 0;
  }

 private:
  static constexpr size_t kSlots = 512;
  static constexpr size_t slot(uint64_t word) { return word * 0x9E3779B97F4A7C15u >> 55; }

  std::array<uint64_t, kSlots> slots_{};
};
constexpr WordTable kTable;

// Lower case of an ASCII letter; of a byte outside ASCII itself; 0 of everything that ends a word.
constexpr std::array<unsigned char, 256> kLetters = [] {
  std::array<unsigned char, 256> letters{};
  for (size_t c = 'a'; c <= 'z'; ++c) letters[c] = letters[c - 0x20] = static_cast<unsigned char>(c);
  for (size_t c = 0x80; c <= 0xFF; ++c) letters[c] = static_cast<unsigned char>(c);
  return letters;
}();

}  // namespace

bool reads_as_english(std::string_view text) {
  size_t words = 0;
  size_t hits = 0;
  size_t gap = 0;
  size_t others = 0;
  for (size_t at = 0; at < text.size();) {
    uint64_t word = 0;
    for (unsigned char letter; at < text.size() && (letter = kLetters[static_cast<unsigned char>(text[at])]) != 0;
         ++at) {
      word = append(word, letter);
      others += letter >> 7;
    }
    ++at;
    if (word == 0) continue;
    ++words;
    const bool hit = kTable.has(word);
    hits += hit ? 1 : 0;
    gap = hit ? 0 : gap + 1;
    if (gap > kGapWordsMax) return false;
  }
  return hits >= kHitsMin && hits * kWordsPerHitMax >= words && others * kBytesPerOtherMin <= text.size();
}

}  // namespace custos::stage
