#include "index/keyword/analysis/analyzer.h"

#include "index/keyword/analysis/word_scanner.h"

namespace custos::index {

std::vector<AnalyzedWord> analyze(std::string_view text, document::Span within, size_t limit) {
  std::vector<AnalyzedWord> words;
  FoldedWord folded;
  WordScanner scanner(text, within);
  while (words.size() < limit && scanner.next()) {
    fold(scanner.word(), folded);
    if (folded.plain.empty()) continue;
    words.push_back({scanner.span(), folded.plain, folded.cased, scanner.is_inflected()});
  }
  return words;
}

std::string stem_of(const AnalyzedWord& word, StemLanguage language, Stemmers& stemmers) {
  if (!word.is_inflected || language == StemLanguage::kNone) return word.plain;
  return stemmers.stem(language, word.cased);
}

}  // namespace custos::index
