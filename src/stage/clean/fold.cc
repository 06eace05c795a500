#include "stage/clean/fold.h"

#include <algorithm>

namespace custos::stage::clean {
namespace {

unsigned char byte_at(std::string_view text, size_t at) {
  return at < text.size() ? static_cast<unsigned char>(text[at]) : 0;
}

bool word_edge(std::string_view text, size_t at) { return at >= text.size() || !is_letter(text[at]); }

size_t digits_at(std::string_view text, size_t at) {
  size_t end = at;
  while (end < text.size() && is_digit(text[end])) ++end;
  return end - at;
}

}  // namespace

FoldedUnit fold_outside_ascii(std::string_view text, size_t at) {
  const unsigned char lead = byte_at(text, at);
  const unsigned char next = byte_at(text, at + 1);
  const auto pair = [](int first, int second) {
    return FoldedUnit{static_cast<char>(first), static_cast<char>(second), true, 2};
  };
  if (lead == 0xC2 && next == 0xA0) return {.first = ' ', .raw_bytes = 2};
  if (lead == 0xE2 && next == 0x80 && byte_at(text, at + 2) == 0x99) return {.first = '\'', .raw_bytes = 3};
  if (lead == 0xC3 && next >= 0x80 && next <= 0x9E && next != 0x97) return pair(lead, next + 0x20);
  if (lead == 0xD0 && next >= 0x90 && next <= 0x9F) return pair(lead, next + 0x20);
  if (lead == 0xD0 && next >= 0xA0 && next <= 0xAF) return pair(0xD1, next - 0x20);
  return {.first = static_cast<char>(lead)};
}

std::string folded(std::string_view text, size_t bytes_max) {
  text = text.substr(0, bytes_max);
  std::string result(text.size(), '\0');  // folding never lengthens
  char* out = result.data();
  for (size_t at = 0; at < text.size();) {
    const FoldedUnit unit = fold_at(text, at);
    at += unit.raw_bytes;
    if (unit.first == ' ' && (out == result.data() || out[-1] == ' ')) continue;
    *out++ = unit.first;
    if (unit.is_pair) *out++ = unit.second;
  }
  while (out != result.data() && out[-1] == ' ') --out;
  result.resize(out - result.data());
  return result;
}

std::string_view without_blanks_behind(std::string_view text) {
  for (;;) {
    if (text.ends_with("\xC2\xA0")) {
      text.remove_suffix(2);
    } else if (!text.empty() && byte_at(text, text.size() - 1) < 0x80 &&
               kAsciiFolds[byte_at(text, text.size() - 1)] == ' ') {
      text.remove_suffix(1);
    } else {
      return text;
    }
  }
}

std::string_view trimmed(std::string_view text) {
  for (;;) {
    text = without(text, " \t\r\n");
    if (text.starts_with("\xC2\xA0")) {
      text.remove_prefix(2);
    } else if (text.ends_with("\xC2\xA0")) {
      text.remove_suffix(2);
    } else {
      return text;
    }
  }
}

std::string_view without(std::string_view text, std::string_view ends) {
  const size_t begin = text.find_first_not_of(ends);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(ends) - begin + 1);
}

bool starts_upper(std::string_view text) {
  const unsigned char c = byte_at(text, 0);
  const unsigned char next = byte_at(text, 1);
  if (c < 0x80) return c >= 'A' && c <= 'Z';
  if (c == 0xC3) return next <= 0x9E;
  if (c == 0xD0) return next <= 0xAF;
  if (c == 0xD1) return false;
  return c != 0xE2 && c != 0xC2;
}

size_t count_words(std::string_view text) {
  size_t words = 0;
  for (size_t at = 0; !next_word(text, at).empty();) ++words;
  return words;
}

std::string_view next_word(std::string_view text, size_t& at) {
  const size_t begin = std::min(text.find_first_not_of(" \t\r\n", at), text.size());
  at = std::min(text.find_first_of(" \t\r\n", begin), text.size());
  return text.substr(begin, at - begin);
}

bool has_phrase(std::string_view folded_text, std::string_view phrase) {
  for (size_t at = folded_text.find(phrase); at != std::string_view::npos; at = folded_text.find(phrase, at + 1)) {
    if ((at == 0 || !is_letter(folded_text[at - 1])) && word_edge(folded_text, at + phrase.size())) return true;
  }
  return false;
}

bool has_any_phrase(std::string_view folded_text, std::span<const std::string_view> phrases) {
  return std::any_of(phrases.begin(), phrases.end(), [&](auto phrase) { return has_phrase(folded_text, phrase); });
}

bool starts_with_any(std::string_view folded_text, std::span<const std::string_view> phrases) {
  return std::any_of(phrases.begin(), phrases.end(), [&](auto phrase) { return folded_text.starts_with(phrase); });
}

bool has_time_of_day(std::string_view text) {
  for (size_t at = text.find_first_of(":.h"); at != std::string_view::npos; at = text.find_first_of(":.h", at + 1)) {
    const bool before = at > 0 && is_digit(text[at - 1]) && (at < 3 || !is_digit(text[at - 3]));
    if (!before || digits_at(text, at + 1) != 2) continue;
    const char follows = at + 3 < text.size() ? text[at + 3] : ' ';
    if (text[at] == ':' || (follows != '.' && follows != '/' && !is_digit(follows))) return true;
  }
  return false;
}

bool has_date(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const size_t count = digits_at(text, at);
    if (count == 4 && (text.substr(at, 2) == "19" || text.substr(at, 2) == "20")) return true;
    const char separator = count > 0 && at + count < text.size() ? text[at + count] : ' ';
    if (count > 0 && count <= 2 && (separator == '/' || separator == '.' || separator == '-')) {
      const size_t second = digits_at(text, at + count + 1);
      const size_t behind = at + count + 1 + second;
      if (second > 0 && second <= 2 && behind < text.size() && text[behind] == separator) return true;
    }
    at += count + 1;
  }
  return false;
}

bool has_address(std::string_view text) {
  for (size_t at = text.find('@'); at != std::string_view::npos; at = text.find('@', at + 1)) {
    if (at > 0 && at + 1 < text.size() && text[at - 1] != ' ' && is_letter(text[at + 1])) return true;
  }
  return false;
}

}  // namespace custos::stage::clean
