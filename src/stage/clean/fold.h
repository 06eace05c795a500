// Case folding and small questions about UTF-8 text, for tables of phrases that are compared without regard to case.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace custos::stage::clean {

inline constexpr std::array<char, 128> kAsciiFolds = [] {
  std::array<char, 128> folds{};
  for (int c = 0; c < 128; ++c) folds[c] = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 0x20 : c);
  folds['\t'] = folds['\n'] = folds['\r'] = ' ';
  return folds;
}();

// Lower case for ASCII, Latin-1 and Cyrillic; typographic apostrophes and no-break spaces become ASCII; runs of blanks
// become one space. Other bytes stay as they are. At most `bytes_max` bytes of `text` are read.
[[nodiscard]] std::string folded(std::string_view text, size_t bytes_max = 4096);

// One character, or one byte of it, as `folded` writes it: one byte or a pair. Blanks are ' ' each.
struct FoldedUnit {
  char first = 0;
  char second = 0;
  bool is_pair = false;
  uint8_t raw_bytes = 1;  // of the text that it stands for
};
[[nodiscard]] FoldedUnit fold_outside_ascii(std::string_view text, size_t at);
// REQUIRES: at < text.size().
[[nodiscard]] inline FoldedUnit fold_at(std::string_view text, size_t at) {
  const auto c = static_cast<unsigned char>(text[at]);
  return c < 0x80 ? FoldedUnit{.first = kAsciiFolds[c]} : fold_outside_ascii(text, at);
}
// The first byte from `at` on that begins no blank.
[[nodiscard]] inline size_t skip_blanks(std::string_view text, size_t at) {
  for (FoldedUnit unit; at < text.size() && (unit = fold_at(text, at)).first == ' ';) at += unit.raw_bytes;
  return at;
}
[[nodiscard]] std::string_view without_blanks_behind(std::string_view text);

// Without blanks (space, tab, CR, no-break space) at either end.
[[nodiscard]] std::string_view trimmed(std::string_view text);
[[nodiscard]] std::string_view without(std::string_view text, std::string_view ends);  // trims any byte of `ends`

[[nodiscard]] inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
[[nodiscard]] inline bool is_letter(char c) {  // every byte of a letter outside ASCII counts
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}
// ASCII, Latin-1 or Cyrillic capital, or a letter of a script without case.
[[nodiscard]] bool starts_upper(std::string_view text);
[[nodiscard]] size_t count_words(std::string_view text);
// The next word of `text` from `at`, which moves behind it; empty at the end.
[[nodiscard]] std::string_view next_word(std::string_view text, size_t& at);
// Whether `folded_text` has `phrase` with no letter on either side.
[[nodiscard]] bool has_phrase(std::string_view folded_text, std::string_view phrase);
[[nodiscard]] bool has_any_phrase(std::string_view folded_text, std::span<const std::string_view> phrases);
[[nodiscard]] bool starts_with_any(std::string_view folded_text, std::span<const std::string_view> phrases);

// Whether any of `words`, which "|" separates, satisfies `test`.
template <typename Test>
bool any_of_words(std::string_view words, Test test) {
  for (size_t at = 0; at <= words.size();) {
    const size_t end = std::min(words.find('|', at), words.size());
    if (end > at && test(words.substr(at, end - at))) return true;
    at = end + 1;
  }
  return false;
}

// "14:05", "2:05 PM", "14h05".
[[nodiscard]] bool has_time_of_day(std::string_view text);
// "2024", "1/2/24", "3.4.2024", "2024-03-04".
[[nodiscard]] bool has_date(std::string_view text);
// "name@host".
[[nodiscard]] bool has_address(std::string_view text);

}  // namespace custos::stage::clean
