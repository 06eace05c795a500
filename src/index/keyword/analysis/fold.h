// One form for all ways of writing a word: NFKC with case folding (UAX #15, UTS #46's kin in ICU), then without the
// accents of Latin, Greek and Cyrillic, the points of Hebrew and the vowel marks of Arabic.
#pragma once

#include <string>
#include <string_view>

namespace custos::index {

inline constexpr size_t kTermBytesMax = 240;  // longer ones are cut between characters

struct FoldedWord {
  std::string cased;  // with accents: what stemmers expect
  std::string plain;  // without: what is indexed
};

// `word` is any UTF-8. Both results are empty where nothing is left, as of a lone soft hyphen.
void fold(std::string_view word, FoldedWord& out);
// Only the second step, of a word in NFKC.
[[nodiscard]] std::string without_accents(std::string_view word);

}  // namespace custos::index
