// The terms of a text: what is indexed, asked for and highlighted.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "document/span.h"
#include "index/keyword/analysis/fold.h"
#include "index/keyword/analysis/stemmers.h"

namespace custos::index {

struct AnalyzedWord {
  document::Span span;
  std::string plain;          // the folded form, without accents
  std::string cased;          // the folded form, with accents
  bool is_inflected = false;  // has a stem: neither a number nor a tag
};

// At most `limit` words, in order.
[[nodiscard]] std::vector<AnalyzedWord> analyze(std::string_view text, document::Span within, size_t limit);

// The stem of a word in a language, which is `plain` where it has none.
[[nodiscard]] std::string stem_of(const AnalyzedWord& word, StemLanguage language, Stemmers& stemmers);

}  // namespace custos::index
