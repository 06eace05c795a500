#include "stage/clean/line.h"

#include <algorithm>
#include <cstring>

#include "stage/clean/fold.h"
#include "stage/clean/header_words.h"

namespace custos::stage::clean {
namespace {

constexpr uint8_t kDepthMax = 255;

size_t skip_blanks(std::string_view text, size_t at, size_t end) {
  while (at < end) {
    if (text[at] == ' ' || text[at] == '\t' || text[at] == '\r') {
      ++at;
    } else if (end - at >= 2 && text[at] == '\xC2' && text[at + 1] == '\xA0') {
      at += 2;
    } else {
      break;
    }
  }
  return at;
}

size_t content_end(std::string_view text, size_t begin, size_t end) {
  while (end > begin) {
    const char last = text[end - 1];
    if (last == ' ' || last == '\t' || last == '\r') {
      --end;
    } else if (last == '\xA0' && end - begin >= 2 && text[end - 2] == '\xC2') {
      end -= 2;
    } else {
      break;
    }
  }
  return end;
}

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

// Bytes of "JD> ", the initials of the quoted person and their mark; 0 where there is none.
size_t initials_mark(std::string_view text, size_t at, size_t end) {
  if (!is_upper(text[at])) return 0;
  size_t letters = 0;
  while (letters < 4 && at + letters < end && text[at + letters] != '>') {
    if (!is_letter(text[at + letters])) return 0;
    ++letters;
  }
  const size_t mark = at + letters;
  if (letters == 0 || mark >= end || text[mark] != '>') return 0;
  return mark + 1 == end || text[mark + 1] == ' ' || text[mark + 1] == '>' ? letters + 1 : 0;
}

void read_marks(std::string_view text, Line& line) {
  size_t at = line.content;
  if (at >= line.end) return;
  if (text[at] == '>') {
    line.mark = Mark::kAngle;
  } else if (const size_t initials = initials_mark(text, at, line.end); initials > 0) {
    line.mark = Mark::kInitials;
    line.depth = 1;
    at = skip_blanks(text, at + initials, line.end);
  } else if ((text[at] == '|' || text[at] == ':') && (at + 1 == line.end || text[at + 1] == ' ')) {
    line.mark = Mark::kBar;
    line.depth = 1;
    at = skip_blanks(text, at + 1, line.end);
  } else {
    return;
  }
  while (at < line.end && text[at] == '>') {
    if (line.depth < kDepthMax) ++line.depth;
    at = skip_blanks(text, at + 1, line.end);
  }
  line.content = static_cast<uint32_t>(at);
}

Line read_line(std::string_view text, size_t begin, size_t newline) {
  Line line;
  line.begin = static_cast<uint32_t>(begin);
  line.end = static_cast<uint32_t>(content_end(text, begin, newline));
  line.content = static_cast<uint32_t>(skip_blanks(text, begin, line.end));
  if (text.substr(begin, newline - begin) == "-- ") {
    line.kind = LineKind::kDelimiter;
    return line;
  }
  read_marks(text, line);
  line.kind = classify(line.text(text), line.field);
  return line;
}

bool is_uniform(std::string_view content) { return content.find_first_not_of(content[0]) == std::string_view::npos; }
bool is_rule(std::string_view content) { return content.size() >= 5 && is_uniform(content); }

LineKind classify_ruled(std::string_view content) {
  if (content == "\xE2\x80\x94" || content == "\xE2\x80\x93") return LineKind::kDelimiter;
  if (content.size() <= 4 && (content.starts_with("--") || content.starts_with("__")) && is_uniform(content)) {
    return LineKind::kDelimiter;
  }
  if (is_rule(content)) return LineKind::kRule;
  return separator_kind(content);
}

bool ends_with_colon(std::string_view content) {
  return content.ends_with(':') || content.ends_with("\xEF\xBC\x9A") || content.ends_with(":*");
}

}  // namespace

LineKind classify(std::string_view content, HeaderField& field) {
  if (content.empty()) return LineKind::kBlank;
  if (content.size() > kStructuredBytesMax) return LineKind::kText;
  switch (content[0]) {
    case '-':
    case '_':
    case '=':
    case '*':
    case '#':
    case '\xE2': {
      const LineKind kind = classify_ruled(content);
      if (kind != LineKind::kText) return kind;
      break;
    }
    case '[':
      if (content.ends_with('-')) return separator_kind(content);
      break;
    default:
      break;
  }
  field = header_field(content);
  if (field != HeaderField::kNone) return LineKind::kField;
  if (ends_with_colon(content)) {
    const LineKind kind = separator_kind(content);
    return kind == LineKind::kText ? LineKind::kColonEnd : kind;
  }
  return LineKind::kText;
}

Lines split_lines(std::string_view text) {
  Lines lines;
  lines.reserve(std::min(text.size() / 40 + 8, kLinesMax));
  for (size_t at = 0; at < text.size();) {
    const void* found = std::memchr(text.data() + at, '\n', text.size() - at);
    size_t newline = found ? static_cast<const char*>(found) - text.data() : text.size();
    if (lines.size() == kLinesMax) newline = text.size();
    lines.push_back(read_line(text, at, newline));
    at = newline + 1;
  }
  return lines;
}

}  // namespace custos::stage::clean
