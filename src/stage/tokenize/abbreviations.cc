#include "stage/tokenize/abbreviations.h"

#include <algorithm>
#include <array>
#include <string>

#include "stage/tokenize/text_scan.h"

namespace custos::stage {
namespace {

constexpr size_t kWordLengthMax = 16;

// Each sorted.
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

template <size_t N>
bool is_in(const std::array<std::string_view, N>& sorted, std::string_view word) {
  return std::binary_search(sorted.begin(), sorted.end(), word);
}

static_assert(std::is_sorted(kInnerWords.begin(), kInnerWords.end()));
static_assert(std::is_sorted(kMayEndWords.begin(), kMayEndWords.end()));
static_assert(std::is_sorted(kBeforeDigitWords.begin(), kBeforeDigitWords.end()));
static_assert(std::is_sorted(kStarters.begin(), kStarters.end()));

std::string lower(std::string_view word) {
  std::string out(word);
  for (char& c : out) c = ascii_lower(c);
  return out;
}

// "u.s", "e.g", "p.m": single letters with full stops between them; one letter alone is an initial.
bool is_dotted(std::string_view word) {
  if (word.size() % 2 == 0) return false;
  for (size_t i = 0; i < word.size(); ++i) {
    const bool is_letter = is_ascii_alnum(word[i]) && (word[i] > '9');
    if (i % 2 == 0 ? !is_letter : word[i] != '.') return false;
  }
  return true;
}

}  // namespace

Abbreviation find_abbreviation(std::string_view word) {
  if (word.empty() || word.size() > kWordLengthMax) return Abbreviation::kNone;
  const std::string folded = lower(word);
  if (is_in(kInnerWords, folded)) return Abbreviation::kInner;
  if (is_in(kMayEndWords, folded)) return Abbreviation::kMayEnd;
  if (is_in(kBeforeDigitWords, folded)) return Abbreviation::kBeforeDigit;
  if (!is_dotted(folded)) return Abbreviation::kNone;
  if (folded.size() > 1) return folded == "e.g" || folded == "i.e" ? Abbreviation::kInner : Abbreviation::kMayEnd;
  return folded == "i" ? Abbreviation::kMayEnd : Abbreviation::kInner;
}

bool is_sentence_starter(std::string_view word) {
  if (word.empty() || word.size() > kWordLengthMax || word[0] < 'A' || word[0] > 'Z') return false;
  return is_in(kStarters, lower(word));
}

}  // namespace custos::stage
