// What a question asks for: filters that it names in passing, and the rest of its words. Read by rules of English
// usage; a question of another language keeps all its words.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "document/span.h"

namespace custos::agent {

// One filter of the query language (docs/query-language.md).
struct QuestionFilter {
  std::string scope;  // "from", "to", "with", "on", "after", "before", "has", "lang", "word"
  std::string value;
  bool denied = false;
  document::Span span;  // bytes of the question that say so
};

struct Question {
  std::string text;                     // as asked
  std::vector<QuestionFilter> filters;  // in the order of the question
  std::string words;                    // the rest, without operators of the query language
  std::string telling;                  // of these, what is not a function word or a word of asking

  // Of the query language: filters, then `words` or `telling`.
  [[nodiscard]] std::string query(bool telling_only) const;
};

// Who is in the archive.
class People {
 public:
  virtual ~People() = default;
  // How many persons have all of `name`'s words at the beginning of a word of theirs.
  [[nodiscard]] virtual Result<size_t> count(std::string_view name) const = 0;
};

inline constexpr size_t kQuestionBytesMax = 4096;

// kLimit: longer than kQuestionBytesMax. `understand` false: all words, no filters.
[[nodiscard]] Result<Question> read_question(std::string_view text, const People& people, bool understand);

}  // namespace custos::agent
