// Where sentences end, without tables: a full stop, question or exclamation mark of any script that has its own,
// closing quotes, white space and then no small letter; or an empty line.
#pragma once

#include <cstdint>
#include <string_view>

#include "document/span.h"

namespace custos::document {

struct SentenceEnd {
  uint32_t at = 0;
  bool ends_paragraph = false;  // an empty line stands behind it
};

// Of the sentence that begins at `begin`; at least begin + 1. Linear in what is passed over. REQUIRES: begin < end <=
// text.size().
[[nodiscard]] SentenceEnd sentence_end(std::string_view text, uint32_t begin, uint32_t end);

[[nodiscard]] constexpr bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}
// Without white space at either end.
[[nodiscard]] Span trimmed(std::string_view text, Span span);
[[nodiscard]] bool has_blank_line(std::string_view gap);

}  // namespace custos::document
