#include "document/sentence.h"

#include <algorithm>

#include "base/ascii.h"

namespace custos::document {
namespace {

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_closing(char c) { return c == '"' || c == '\'' || c == ')' || c == ']'; }

// Bytes of the full stop, question or exclamation mark at `at`, of any script that has its own; 0 where there is none.
uint32_t terminator_size(std::string_view text, size_t at) {
  const char c = text[at];
  if (c == '.' || c == '!' || c == '?') return 1;
  if (static_cast<unsigned char>(c) < 0xC0) return 0;
  static constexpr std::string_view kTerminators[] = {"。", "！", "？", "…", "।", "؟", "۔"};
  for (const std::string_view mark : kTerminators) {
    if (text.substr(at, mark.size()) == mark) return static_cast<uint32_t>(mark.size());
  }
  return 0;
}

// These need no white space after them.
bool is_ideographic_stop(std::string_view mark) { return mark == "。" || mark == "！" || mark == "？"; }

uint32_t skip_spaces(std::string_view text, uint32_t at, uint32_t end) {
  while (at < end && is_space(text[at])) ++at;
  return at;
}

}  // namespace

bool has_blank_line(std::string_view gap) { return std::ranges::count(gap, '\n') >= 2; }

Span trimmed(std::string_view text, Span span) {
  span.begin = skip_spaces(text, span.begin, span.end);
  while (span.end > span.begin && is_space(text[span.end - 1])) --span.end;
  return span;
}

SentenceEnd sentence_end(std::string_view text, uint32_t begin, uint32_t end) {
  const auto next_mark = [text = text.substr(0, end)](uint32_t at) {
    return static_cast<uint32_t>(find_first<BeyondAscii::kFound, '.', '!', '?', '\n'>(text, at));
  };
  bool ends_paragraph = false;
  for (uint32_t at = next_mark(begin); at < end; at = next_mark(at)) {
    if (text[at] == '\n') {
      const uint32_t next = skip_spaces(text, at, end);
      ends_paragraph = has_blank_line(text.substr(at, next - at));
      if (ends_paragraph) return {at, true};
      at = next;
      continue;
    }
    const uint32_t mark = terminator_size(text, at);
    if (mark == 0) {
      ++at;
      continue;
    }
    const std::string_view stop = text.substr(at, mark);
    at += mark;
    while (at < end && is_closing(text[at])) ++at;
    if (at >= end || is_ideographic_stop(stop)) return {std::min(at, end), false};
    if (!is_space(text[at])) continue;
    const uint32_t next = skip_spaces(text, at, end);
    if (next == end || !is_lower(text[next])) return {at, false};
  }
  return {end, false};
}

}  // namespace custos::document
