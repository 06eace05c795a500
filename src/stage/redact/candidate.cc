#include "stage/redact/candidate.h"

#include <unicode/uchar.h>

#include "base/utf8.h"

namespace custos::stage {
namespace {

bool joins_words(char32_t code_point) {
  if (code_point < 0x80) {
    return (code_point >= '0' && code_point <= '9') || ((code_point | 0x20) >= 'a' && (code_point | 0x20) <= 'z');
  }
  // Thai, Lao, Hangul, kana and Han begin here: their words touch.
  return code_point < 0x0E00 && u_isalnum(static_cast<UChar32>(code_point)) != 0;
}

size_t start_of_last(std::string_view text, size_t end) {
  size_t at = end - 1;
  while (at > 0 && end - at < 4 && (static_cast<uint8_t>(text[at]) & 0xC0) == 0x80) --at;
  return at;
}

}  // namespace

bool has_word_edges(std::string_view text, document::Span span) {
  if (span.end < text.size() && joins_words(utf8_decode(text, span.end).value)) return false;
  return span.begin == 0 || !joins_words(utf8_decode(text, start_of_last(text, span.begin)).value);
}

}  // namespace custos::stage
