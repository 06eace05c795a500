#include "stage/redact/national/check_digits.h"

#include <algorithm>
#include <cassert>

namespace custos::stage {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_separator(char c) { return std::string_view(" .-/:_").find(c) != std::string_view::npos; }

// Multiplication in the dihedral group of order ten: rotations are 0 to 4, reflections 5 to 9.
int dihedral_product(int a, int b) {
  if (a < 5) return b < 5 ? (a + b) % 5 : (a + b - 5) % 5 + 5;
  return b < 5 ? (a - b) % 5 + 5 : (a - b + 5) % 5;
}

}  // namespace

Compact::Compact(std::string_view candidate) {
  for (char c : candidate) {
    if (is_separator(c)) {
      separated_ = true;
      continue;
    }
    if (size_ == characters_.size()) {
      size_ = 0;
      return;
    }
    characters_[size_++] = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
}

bool Compact::is_digits(size_t count) const { return size_ == count && all_digits(text()); }

bool all_digits(std::string_view text) { return std::all_of(text.begin(), text.end(), is_digit); }

bool all_letters(std::string_view text) { return std::all_of(text.begin(), text.end(), is_upper); }

int number_of(std::string_view text) {
  assert(text.size() <= 9 && all_digits(text));
  int number = 0;
  for (char c : text) number = number * 10 + (c - '0');
  return number;
}

int remainder_of(std::string_view text, int modulus) {
  assert(modulus > 0 && modulus <= 10'000 && all_digits(text));
  int remainder = 0;
  for (char c : text) remainder = (remainder * 10 + (c - '0')) % modulus;
  return remainder;
}

int weighted_sum(std::string_view text, std::initializer_list<int> weights) {
  assert(text.size() >= weights.size());
  int sum = 0;
  size_t at = 0;
  for (int weight : weights) sum += (text[at++] - '0') * weight;
  return sum;
}

int base36_value(char character) {
  if (is_digit(character)) return character - '0';
  return is_upper(character) ? character - 'A' + 10 : -1;
}

bool luhn_holds(std::string_view text) {
  int sum = 0;
  bool twice = false;
  for (auto at = text.rbegin(); at != text.rend(); ++at, twice = !twice) {
    const int product = (*at - '0') * (twice ? 2 : 1);
    sum += product > 9 ? product - 9 : product;
  }
  return sum % 10 == 0;
}

bool mod_11_10_holds(std::string_view text) {
  assert(!text.empty());
  int product = 10;
  for (char c : text.substr(0, text.size() - 1)) {
    const int sum = (c - '0' + product) % 10;
    product = (sum == 0 ? 10 : sum) * 2 % 11;
  }
  return (product + text.back() - '0') % 10 == 1;
}

bool verhoeff_holds(std::string_view text) {
  constexpr std::array<int, 10> kPermutation = {1, 5, 7, 6, 2, 8, 3, 0, 9, 4};
  int check = 0;
  int turns = 0;
  for (auto at = text.rbegin(); at != text.rend(); ++at, turns = (turns + 1) % 8) {
    int digit = *at - '0';
    for (int turn = 0; turn < turns; ++turn) digit = kPermutation[static_cast<size_t>(digit)];
    check = dihedral_product(check, digit);
  }
  return check == 0;
}

bool all_the_same(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [&](char c) { return c == text.front(); });
}

bool is_date(int year, int month, int day) {
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1) return false;
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  const int days = kDays[static_cast<size_t>(month - 1)] + (month == 2 && leap ? 1 : 0);
  return day <= days;
}

bool is_date_of_two_digit_year(int year, int month, int day) {
  return is_date(1900 + year, month, day) || is_date(2000 + year, month, day);
}

}  // namespace custos::stage
