#include "stage/tokenize/abbreviations.h"

#include <array>
#include <cstdint>
#include <span>

#include "base/ascii.h"
#include "stage/tokenize/text_scan.h"

namespace custos::stage {
namespace {

constexpr size_t kWordLengthMax = 16;

constexpr auto kInnerWords = std::to_array<std::string_view>(
    {"abs",    "adm",  "approx", "atty", "bzgl", "bzw",  "ca",  "capt", "cf",   "cmdr", "col", "dept", "dr",  "eg",
     "evtl",   "fig",  "figs",   "fr",   "gen",  "ggf",  "gov", "herr", "hon",  "hr",   "ie",  "inkl", "lt",  "maj",
     "messrs", "mlle", "mme",    "mr",   "mrs",  "ms",   "mt",  "nr",   "pres", "prof", "rep", "resp", "rev", "sen",
     "sgt",    "sog",  "sr",     "st",   "str",  "supt", "u.a", "usw",  "vgl",  "viz",  "vol", "vs",   "z.b"});
constexpr auto kMayEndWords = std::to_array<std::string_view>(
    {"al",   "apr", "apt", "assn", "aug", "ave", "blvd", "bros",  "co",  "corp", "dec",  "ed",  "est",
     "etc",  "ext", "feb", "fri",  "hwy", "inc", "jan",  "jr",    "jul", "jun",  "ltd",  "nov", "oct",
     "ph.d", "rd",  "sep", "sept", "tel", "thu", "thur", "thurs", "tue", "tues", "univ", "wed"});
constexpr auto kBeforeDigitWords = std::to_array<std::string_view>({"art", "ch", "no", "nos", "p", "pp", "sec"});
constexpr auto kStarters = std::to_array<std::string_view>(
    {"a",     "after", "all",  "also",  "an",      "and",  "any",  "are",   "as",   "at",    "because", "before",
     "best",  "both",  "but",  "can",   "could",   "dear", "did",  "do",    "each", "for",   "he",      "hello",
     "here",  "hi",    "his",  "how",   "however", "i",    "if",   "in",    "is",   "it",    "its",     "let",
     "many",  "most",  "my",   "no",    "not",     "of",   "on",   "one",   "or",   "our",   "please",  "she",
     "since", "so",    "some", "thank", "thanks",  "that", "the",  "their", "then", "there", "these",   "they",
     "this",  "those", "to",   "two",   "was",     "we",   "were", "what",  "when", "where", "which",   "while",
     "who",   "why",   "will", "with",  "would",   "yes",  "you",  "your"});

// Words of up to eight bytes, each a number, with a value that is not 0.
class WordTable {
 public:
  constexpr void add(std::span<const std::string_view> words, uint8_t value) {
    for (const std::string_view word : words) {
      const uint64_t key = key_of(word);
      size_t at = slot_of(key);
      while (keys_[at] != 0) at = (at + 1) % kSlots;
      keys_[at] = key;
      values_[at] = value;
    }
  }
  // 0 where it is not there.
  [[nodiscard]] constexpr uint8_t find(std::string_view word) const {
    if (word.size() > kKeyBytesMax) return 0;
    const uint64_t key = key_of(word);
    for (size_t at = slot_of(key); keys_[at] != 0; at = (at + 1) % kSlots) {
      if (keys_[at] == key) return values_[at];
    }
    return 0;
  }

 private:
  static constexpr size_t kSlots = 512;
  static constexpr size_t kKeyBytesMax = 8;

  static constexpr uint64_t key_of(std::string_view word) {
    uint64_t key = 0;
    for (const char c : word) key = key << 8 | static_cast<unsigned char>(ascii_lower(c));
    return key;
  }
  static constexpr size_t slot_of(uint64_t key) { return key * 0x9E3779B97F4A7C15ULL >> 55; }

  std::array<uint64_t, kSlots> keys_{};
  std::array<uint8_t, kSlots> values_{};
};

constexpr WordTable kAbbreviations = [] {
  WordTable table;
  table.add(kInnerWords, static_cast<uint8_t>(Abbreviation::kInner));
  table.add(kMayEndWords, static_cast<uint8_t>(Abbreviation::kMayEnd));
  table.add(kBeforeDigitWords, static_cast<uint8_t>(Abbreviation::kBeforeDigit));
  return table;
}();
constexpr WordTable kSentenceStarters = [] {
  WordTable table;
  table.add(kStarters, 1);
  return table;
}();

// "u.s", "e.g", "p.m": single letters with full stops between them; one letter alone is an initial.
bool is_dotted(std::string_view word) {
  if (word.size() % 2 == 0) return false;
  for (size_t i = 0; i < word.size(); ++i) {
    const bool is_letter = ascii_is_alnum(word[i]) && (word[i] > '9');
    if (i % 2 == 0 ? !is_letter : word[i] != '.') return false;
  }
  return true;
}

}  // namespace

Abbreviation find_abbreviation(std::string_view word) {
  if (word.empty() || word.size() > kWordLengthMax) return Abbreviation::kNone;
  const auto known = static_cast<Abbreviation>(kAbbreviations.find(word));
  if (known != Abbreviation::kNone || !is_dotted(word)) return known;
  const auto is = [word](std::string_view lower) { return has_lower_at(word, 0, lower); };
  if (word.size() > 1)
    return word.size() == 3 && (is("e.g") || is("i.e")) ? Abbreviation::kInner : Abbreviation::kMayEnd;
  return is("i") ? Abbreviation::kMayEnd : Abbreviation::kInner;
}

bool is_sentence_starter(std::string_view word) {
  return !word.empty() && word[0] >= 'A' && word[0] <= 'Z' && kSentenceStarters.find(word) != 0;
}

}  // namespace custos::stage
