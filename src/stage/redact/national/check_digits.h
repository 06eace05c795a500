// The arithmetic that check digits share. Every national number is one of these with its own weights.
#pragma once

#include <array>
#include <cstddef>
#include <initializer_list>
#include <string_view>

#include "stage/redact/recognizer.h"

namespace custos::stage {

// A candidate without its separators (space, and any of . - / : _), ASCII letters in upper case. More than 32
// characters are no identifier: the text is empty then.
class Compact {
 public:
  explicit Compact(std::string_view candidate);

  [[nodiscard]] std::string_view text() const { return {characters_.data(), size_}; }
  [[nodiscard]] size_t size() const { return size_; }
  [[nodiscard]] char operator[](size_t at) const { return characters_[at]; }
  // Whether the candidate was written in groups.
  [[nodiscard]] bool separated() const { return separated_; }
  // Whether it is exactly `count` digits.
  [[nodiscard]] bool is_digits(size_t count) const;

 private:
  std::array<char, 32> characters_{};
  size_t size_ = 0;
  bool separated_ = false;
};

[[nodiscard]] bool all_digits(std::string_view text);
[[nodiscard]] bool all_letters(std::string_view text);
// REQUIRES: all_digits(text) and at most nine of them.
[[nodiscard]] int number_of(std::string_view text);
// The digits as one number, modulo `modulus` (at most 10,000). REQUIRES: all_digits(text).
[[nodiscard]] int remainder_of(std::string_view text, int modulus);
// Sum of digit times weight over the first weights.size() characters. REQUIRES: they are digits.
[[nodiscard]] int weighted_sum(std::string_view text, std::initializer_list<int> weights);
// Value of a character where A is 10 (ICAO Doc 9303, ISO 7064); -1 for anything else.
[[nodiscard]] int base36_value(char character);

// ISO/IEC 7812-1 annex B. REQUIRES, as for the two below: all_digits(text), its check digit included.
[[nodiscard]] bool luhn_holds(std::string_view text);
// ISO/IEC 7064, MOD 11,10.
[[nodiscard]] bool mod_11_10_holds(std::string_view text);
// Verhoeff's dihedral check (1969).
[[nodiscard]] bool verhoeff_holds(std::string_view text);
[[nodiscard]] bool all_the_same(std::string_view text);

// In the Gregorian calendar; years 1 to 9999.
[[nodiscard]] bool is_date(int year, int month, int day);
// A day that exists in 1900 + `year` or in 2000 + `year`.
[[nodiscard]] bool is_date_of_two_digit_year(int year, int month, int day);

// How far a check that holds can be trusted alone. `strong`: at most about one random candidate in fifty passes, or the
// shape itself is rare. `weak`: one in ten passes, so an ordinary number needs words around it as well.
[[nodiscard]] constexpr Verdict strong(bool holds) { return holds ? Verdict::kValid : Verdict::kInvalid; }
[[nodiscard]] constexpr Verdict weak(bool holds) { return holds ? Verdict::kUnsure : Verdict::kInvalid; }
// Written in the groups of its kind it is strong, as a bare run of digits it is weak.
[[nodiscard]] inline Verdict strong_in_groups(const Compact& compact, bool holds) {
  return compact.separated() ? strong(holds) : weak(holds);
}

}  // namespace custos::stage
