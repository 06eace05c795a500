// Characters as Python's str sees them, over UTF-8. Private to tokenize.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace custos::stage {

// A set of bytes, for loops in which string_view::find would call memchr for each.
class ByteSet {
 public:
  constexpr explicit ByteSet(std::string_view bytes) {
    for (const char c : bytes) has_[static_cast<unsigned char>(c)] = true;
  }
  [[nodiscard]] constexpr bool has(char c) const { return has_[static_cast<unsigned char>(c)]; }

 private:
  std::array<bool, 256> has_{};
};

// Bytes of the white space at `at` (str.isspace), or 0. REQUIRES: at < text.size().
[[nodiscard]] size_t rare_space_length(std::string_view text, size_t at);
[[nodiscard]] inline size_t space_length(std::string_view text, size_t at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  return byte > ' ' && byte < 0x80 ? 0 : byte == ' ' ? 1 : rare_space_length(text, at);
}
// Bytes of the white space that ends at `end`, or 0.
[[nodiscard]] size_t space_length_before(std::string_view text, size_t end);

// What \w, \d of Python's re match, at the code point that begins at, or ends before, a byte. False outside the text.
[[nodiscard]] bool is_word_at(std::string_view text, size_t at);
[[nodiscard]] bool is_word_before(std::string_view text, size_t end);
[[nodiscard]] bool is_digit_at(std::string_view text, size_t at);

// One of » ” ’ ending at `end`, or beginning at `at`: its bytes, else 0.
[[nodiscard]] size_t closing_quote_length_before(std::string_view text, size_t end);
[[nodiscard]] size_t closing_quote_length(std::string_view text, size_t at);
// One of « “ ‘ „.
[[nodiscard]] size_t opening_quote_length(std::string_view text, size_t at);
// U+2012 to U+2015.
[[nodiscard]] size_t dash_length(std::string_view text, size_t at);

[[nodiscard]] constexpr char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
// Whether `lower` stands at `at`, in any case. False outside the text.
[[nodiscard]] bool has_lower_at(std::string_view text, size_t at, std::string_view lower);

// How often `c` is repeated from `at` on.
[[nodiscard]] inline size_t run_length(std::string_view text, size_t at, char c) {
  size_t end = at;
  while (end < text.size() && text[end] == c) ++end;
  return end - at;
}

}  // namespace custos::stage
