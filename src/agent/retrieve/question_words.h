// The words of a question with what the rules ask of them. Private to retrieve/question.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "document/span.h"

namespace custos::agent {

struct QuestionWord {
  std::string text;   // without punctuation around it
  std::string lower;  // ASCII
  document::Span span;
  bool is_capital = false;
  bool ends_clause = false;  // punctuation follows
};

[[nodiscard]] std::vector<QuestionWord> question_words(std::string_view text);

// A day, month or year as the query language writes it, and how many words say it.
struct SpokenDate {
  std::string value;  // "2001", "2001-05", "2001-05-14"
  size_t words = 0;
};
// "2001-05-14", "May 14, 2001", "14th of May 2001", "May 2001", "2001", from words[at] on.
[[nodiscard]] std::optional<SpokenDate> date_at(const std::vector<QuestionWord>& words, size_t at);

// "de" for "german"; "" where there is none.
[[nodiscard]] std::string_view language_named(std::string_view lower);

}  // namespace custos::agent
