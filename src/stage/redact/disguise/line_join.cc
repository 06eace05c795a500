#include "stage/redact/disguise/line_join.h"

#include <algorithm>
#include <cstring>
#include <optional>

namespace custos::stage {
namespace {

constexpr size_t kReach = 48;

bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }
bool is_alphanumeric(char byte) { return is_digit(byte) || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z'); }
bool is_gap(char byte) { return byte == ' ' || byte == '\t' || byte == '\r'; }
bool is_blank(char byte) { return is_gap(byte) || byte == '\n'; }

size_t start_of_next(std::string_view text, size_t newline) {
  size_t at = newline + 1;
  while (at < text.size() && at - newline < 16 && (is_gap(text[at]) || text[at] == '>')) ++at;
  return at;
}

std::string_view word_before(std::string_view text, size_t end) {
  size_t begin = end;
  while (begin > 0 && end - begin < kReach && !is_blank(text[begin - 1])) --begin;
  return text.substr(begin, end - begin);
}

std::string_view word_after(std::string_view text, size_t begin) {
  size_t end = begin;
  while (end < text.size() && end - begin < kReach && !is_blank(text[end])) ++end;
  return text.substr(begin, end - begin);
}

// "john@exam", "john@mail.", "john@": an '@' and no dot with two letters behind it.
bool is_unfinished_email(std::string_view word) {
  const size_t at = word.rfind('@');
  if (at == std::string_view::npos || at == 0 || !is_alphanumeric(word[at - 1])) return false;
  const std::string_view domain = word.substr(at + 1);
  const size_t dot = domain.rfind('.');
  return dot == std::string_view::npos || dot + 2 >= domain.size() || domain.back() == '-';
}

enum class Join { kNone, kSpaced, kTight };

Join join_at(std::string_view text, size_t line_end, size_t next) {
  const char left = text[line_end - 1];
  const char right = text[next];
  if (is_digit(left) && (is_digit(right) || right == '-')) return is_digit(right) ? Join::kSpaced : Join::kTight;
  if (left == '-' && is_digit(right) && line_end > 1 && is_digit(text[line_end - 2])) return Join::kTight;
  if (left == ')' && is_digit(right)) return Join::kSpaced;
  if (is_alphanumeric(left) && right == '@') return Join::kTight;
  const std::string_view word = is_alphanumeric(right) ? word_before(text, line_end) : std::string_view();
  if (is_unfinished_email(word) &&
      (left == '@' || left == '.' || left == '-' || word_after(text, next).find('.') != std::string_view::npos)) {
    return Join::kTight;
  }
  // An account number in groups: "GB29 NWBK 6016\n1331 9268 19" is digits; "…NWBK\n6016" is not.
  return is_digit(right) && word.size() == 4 && left >= 'A' && left <= 'Z' ? Join::kSpaced : Join::kNone;
}

JoinedLines joined(std::string_view text, size_t line_end, size_t next, bool tight) {
  size_t begin = line_end - std::min(line_end, kReach);
  while (begin < line_end && (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80) ++begin;
  size_t end = std::min(text.size(), next + kReach);
  while (end > next && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  JoinedLines out;
  out.tight = tight;
  out.text.copy(text.substr(begin, line_end - begin), static_cast<uint32_t>(begin));
  if (!tight) out.text.replace(" ", {static_cast<uint32_t>(line_end), static_cast<uint32_t>(next)});
  out.seam = static_cast<uint32_t>(out.text.text().size());
  out.text.copy(text.substr(next, end - next), static_cast<uint32_t>(next));
  return out;
}

}  // namespace

std::vector<JoinedLines> join_lines(std::string_view text) {
  std::vector<JoinedLines> out;
  for (size_t newline = text.find('\n'); newline != std::string_view::npos; newline = text.find('\n', newline + 1)) {
    size_t line_end = newline;
    while (line_end > 0 && is_gap(text[line_end - 1])) --line_end;
    const size_t next = start_of_next(text, newline);
    if (line_end == 0 || next >= text.size() || text[line_end - 1] == '\n' || text[next] == '\n') continue;
    const Join join = join_at(text, line_end, next);
    if (join != Join::kNone) out.push_back(joined(text, line_end, next, join == Join::kTight));
  }
  return out;
}

}  // namespace custos::stage
