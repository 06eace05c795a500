#include "index/terms.h"

#include <utility>

#include "index/keyword/analysis/analyzer.h"

namespace custos::index {

struct TermReader::State {
  Stemmers stemmers;
};

TermReader::TermReader() : state_(std::make_unique<State>()) {}
TermReader::~TermReader() = default;

std::vector<Term> TermReader::read(std::string_view text, document::Span within, std::string_view language,
                                   size_t limit) {
  std::vector<Term> terms;
  for (AnalyzedWord& word : analyze(text, within, limit)) {
    std::string stem = stem_of(word, stem_language(language), state_->stemmers);
    terms.push_back({word.span, std::move(word.plain), std::move(stem)});
  }
  return terms;
}

}  // namespace custos::index
