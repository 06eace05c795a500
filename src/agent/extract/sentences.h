// Sentences of messages that may stand in an answer.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "document/span.h"
#include "index/text_file.h"

namespace custos::agent {

struct TextSentence {
  uint32_t stored_part = 0;  // index into StoredText::parts
  document::Span span;       // of its text, without white space at either end
  bool is_authored = true;   // else quoted history, a signature, a disclaimer
  uint32_t number = 0;       // among the sentences of its message
};

// Up to `limit` sentences of all parts: a mark or an empty line ends one, not an abbreviation; items of lists and lines
// of tables are sentences of their own. Greetings, closings and lines without words are left out. Authored ones first.
[[nodiscard]] std::vector<TextSentence> sentences_of(const index::StoredText& text, size_t limit);

// The same of any text.
[[nodiscard]] std::vector<document::Span> sentence_spans(std::string_view text, document::Span within);

}  // namespace custos::agent
