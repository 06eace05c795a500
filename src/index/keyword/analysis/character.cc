#include "index/keyword/analysis/character.h"

#include <unicode/uchar.h>

#include "base/utf8.h"

namespace custos::index {
namespace {

constexpr size_t kTagLengthMax = 120;

WordRole role_of(char32_t value) {
  const auto code_point = static_cast<UChar32>(value);
  switch (u_getIntPropertyValue(code_point, UCHAR_WORD_BREAK)) {
    case U_WB_ALETTER:
    case U_WB_HEBREW_LETTER:
      return WordRole::kLetter;
    case U_WB_NUMERIC:
      return WordRole::kDigit;
    case U_WB_KATAKANA:
      return WordRole::kKatakana;
    case U_WB_EXTEND:
    case U_WB_FORMAT:
    case U_WB_ZWJ:
      return WordRole::kMark;
    default:
      break;
  }
  const bool is_word = u_isUAlphabetic(code_point) || u_hasBinaryProperty(code_point, UCHAR_EXTENDED_PICTOGRAPHIC);
  return is_word ? WordRole::kAlone : u_isalnum(code_point) ? WordRole::kDigit : WordRole::kSeparator;
}

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_type_letter(char c) { return is_upper(c) || is_digit(c) || c == '_'; }

// At least four hex digits with a decimal one among them; or stars and up to four characters.
bool is_tag_value(std::string_view value) {
  const size_t stars = value.find_first_not_of('*');
  if (stars == std::string_view::npos) return !value.empty();
  if (stars > 0) {
    const std::string_view shown = value.substr(stars);
    return shown.size() <= 4 &&
           shown.find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") ==
               std::string_view::npos;
  }
  return value.size() >= 4 && value.find_first_not_of("0123456789abcdef") == std::string_view::npos &&
         value.find_first_of("0123456789") != std::string_view::npos;
}

}  // namespace

Character character_at(std::string_view text, size_t at) {
  if (static_cast<unsigned char>(text[at]) < 0x80) return {ascii_role(text[at]), 1};
  const CodePoint code_point = utf8_decode(text, at);
  return {role_of(code_point.value), code_point.length};
}

size_t tag_length(std::string_view text, size_t at) {
  constexpr std::string_view kRedacted = "REDACTED-";
  const size_t close = text.substr(at, kTagLengthMax).find(']');
  if (close == std::string_view::npos) return 0;
  const std::string_view inner = text.substr(at + 1, close - 1);
  const bool is_plain = inner.starts_with(kRedacted);
  size_t type = is_plain ? kRedacted.size() : 0;
  while (type < inner.size() && is_type_letter(inner[type])) ++type;
  if (is_plain) return type > kRedacted.size() && type == inner.size() ? close + 1 : 0;
  if (type < 2 || type >= inner.size() || inner[type] != '-' || !is_upper(inner[0])) return 0;
  return is_tag_value(inner.substr(type + 1)) ? close + 1 : 0;
}

}  // namespace custos::index
