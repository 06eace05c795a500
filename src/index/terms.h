// The words of a text as search compares them: folded, and stemmed by the text's language.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "document/span.h"

namespace custos::index {

struct Term {
  document::Span span;  // of the text
  std::string folded;   // without case and accents
  std::string stem;
};

// For one thread: stemmers are made when their language is first met.
class TermReader {
 public:
  TermReader();
  ~TermReader();
  TermReader(const TermReader&) = delete;
  TermReader& operator=(const TermReader&) = delete;

  // At most `limit` words, in order. `language` as "en"; where it has no stemmer, or is "", the stem is the folded
  // form. REQUIRES: `within` lies in `text`.
  [[nodiscard]] std::vector<Term> read(std::string_view text, document::Span within, std::string_view language,
                                       size_t limit);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace custos::index
