#include "stage/tokenize/tags.h"

#include <algorithm>

namespace custos::stage {
namespace {

constexpr size_t kTypeLengthMax = 48;
constexpr size_t kValueLengthMax = 64;

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_type_letter(char c) { return is_upper(c) || is_digit(c) || c == '_'; }
bool is_hex_letter(char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); }
bool is_alnum(char c) { return is_upper(c) || is_digit(c) || (c >= 'a' && c <= 'z'); }

size_t run_length(std::string_view text, bool (*is_member)(char), size_t most) {
  size_t length = 0;
  while (length < text.size() && length < most && is_member(text[length])) ++length;
  return length;
}

// What stands for the value: at least four hex digits with one digit among them, or stars and the last characters.
size_t value_length(std::string_view text) {
  const size_t stars = run_length(
      text, [](char c) { return c == '*'; }, kValueLengthMax);
  if (stars > 0) return stars + run_length(text.substr(stars), is_alnum, 4);
  const size_t hex = run_length(text, is_hex_letter, kValueLengthMax);
  return hex >= 4 && std::any_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(hex), is_digit) ? hex : 0;
}

// The length of the tag at the beginning of `text`, or 0.
size_t tag_length(std::string_view text) {
  constexpr std::string_view kRedacted = "[REDACTED-";
  size_t end = 0;
  if (text.starts_with(kRedacted)) {
    const size_t type = run_length(text.substr(kRedacted.size()), is_type_letter, kTypeLengthMax);
    end = type == 0 ? 0 : kRedacted.size() + type;
  } else {
    const size_t type = run_length(text.substr(1), is_type_letter, kTypeLengthMax);
    if (type < 2 || !is_upper(text[1]) || type + 1 >= text.size() || text[type + 1] != '-') return 0;
    const size_t value = value_length(text.substr(type + 2));
    end = value == 0 ? 0 : type + 2 + value;
  }
  return end > 0 && end < text.size() && text[end] == ']' ? end + 1 : 0;
}

}  // namespace

std::vector<document::Span> find_tags(std::string_view text) {
  std::vector<document::Span> tags;
  for (size_t at = text.find('['); at != std::string_view::npos; at = text.find('[', at)) {
    const size_t length = tag_length(text.substr(at));
    if (length > 0) tags.push_back({static_cast<uint32_t>(at), static_cast<uint32_t>(at + length)});
    at += std::max<size_t>(length, 1);
  }
  return tags;
}

}  // namespace custos::stage
