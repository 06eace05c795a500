#include "stage/tokenize/text_scan.h"

#include <unicode/uchar.h>

#include "base/ascii.h"
#include "base/utf8.h"

namespace custos::stage {
namespace {

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

// Where the code point that ends at `end` begins.
size_t code_point_before(std::string_view text, size_t end) {
  size_t at = end - 1;
  for (int i = 0; i < 3 && at > 0 && is_continuation(text[at]); ++i) --at;
  return at + utf8_decode(text, at).length == end ? at : end - 1;
}

bool is_wide_space(std::string_view rest) {
  if (rest.starts_with("\xe2\x80")) {
    const auto last = static_cast<unsigned char>(rest.size() > 2 ? rest[2] : 0);
    return (last >= 0x80 && last <= 0x8a) || last == 0xa8 || last == 0xa9 || last == 0xaf;
  }
  return rest.starts_with("\xe3\x80\x80") || rest.starts_with("\xe1\x9a\x80") || rest.starts_with("\xe2\x81\x9f");
}

bool is_word(char32_t point) {
  if (point < 0x80) return ascii_is_alnum(static_cast<char>(point)) || point == '_';
  constexpr uint32_t kMask = U_GC_L_MASK | U_GC_N_MASK;
  return (U_MASK(u_charType(static_cast<UChar32>(point))) & kMask) != 0;
}

size_t mark_length(std::string_view text, size_t at, std::string_view two_bytes, std::string_view last_of_three) {
  const std::string_view rest = text.substr(at);
  if (!two_bytes.empty() && rest.starts_with(two_bytes)) return 2;
  if (!rest.starts_with("\xe2\x80") || rest.size() < 3) return 0;
  return last_of_three.find(rest[2]) == std::string_view::npos ? 0 : 3;
}

}  // namespace

size_t rare_space_length(std::string_view text, size_t at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte < 0x80) return byte == ' ' || (byte >= 9 && byte <= 13) || (byte >= 0x1c && byte <= 0x1f) ? 1 : 0;
  const std::string_view rest = text.substr(at);
  if (byte == 0xc2) return rest.starts_with("\xc2\xa0") || rest.starts_with("\xc2\x85") ? 2 : 0;
  if (byte < 0xe1 || byte > 0xe3) return 0;
  return is_wide_space(rest) ? 3 : 0;
}

size_t space_length_before(std::string_view text, size_t end) {
  if (end == 0) return 0;
  const size_t at = code_point_before(text, end);
  return space_length(text, at) == end - at ? end - at : 0;
}

bool is_word_at(std::string_view text, size_t at) { return at < text.size() && is_word(utf8_decode(text, at).value); }

bool is_word_before(std::string_view text, size_t end) {
  return end > 0 && is_word(utf8_decode(text, code_point_before(text, end)).value);
}

bool is_digit_at(std::string_view text, size_t at) {
  if (at >= text.size()) return false;
  const char32_t point = utf8_decode(text, at).value;
  if (point < 0x80) return point >= '0' && point <= '9';
  return u_charType(static_cast<UChar32>(point)) == U_DECIMAL_DIGIT_NUMBER;
}

bool has_lower_at(std::string_view text, size_t at, std::string_view lower) {
  if (text.size() < at + lower.size()) return false;
  for (size_t i = 0; i < lower.size(); ++i) {
    if (ascii_lower(text[at + i]) != lower[i]) return false;
  }
  return true;
}

size_t closing_quote_length(std::string_view text, size_t at) { return mark_length(text, at, "\xc2\xbb", "\x9d\x99"); }

size_t closing_quote_length_before(std::string_view text, size_t end) {
  if (end >= 2 && closing_quote_length(text, end - 2) == 2) return 2;
  return end >= 3 && closing_quote_length(text, end - 3) == 3 ? 3 : 0;
}

size_t opening_quote_length(std::string_view text, size_t at) {
  return mark_length(text, at, "\xc2\xab", "\x9c\x98\x9e");
}

size_t dash_length(std::string_view text, size_t at) { return mark_length(text, at, {}, "\x92\x93\x94\x95"); }

}  // namespace custos::stage
