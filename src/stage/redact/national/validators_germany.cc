#include <array>

#include "stage/redact/checks/validators.h"
#include "stage/redact/national/check_digits.h"

namespace custos::stage {
namespace {

int digit_sum(int number) { return number / 10 + number % 10; }

// Sum of the digits of each product, as both German insurances define it.
int sum_of_digit_sums(std::string_view digits, std::initializer_list<int> weights) {
  int sum = 0;
  size_t at = 0;
  for (int weight : weights) sum += digit_sum((digits[at++] - '0') * weight);
  return sum;
}

// "A" becomes "01", "Z" becomes "26".
std::array<char, 2> letter_as_digits(char letter) {
  const int ordinal = letter - 'A' + 1;
  return {static_cast<char>('0' + ordinal / 10), static_cast<char>('0' + ordinal % 10)};
}

bool digit_repeats_more_than(std::string_view digits, int times) {
  std::array<int, 10> counts{};
  for (char c : digits) {
    if (++counts[static_cast<size_t>(c - '0')] > times) return true;
  }
  return false;
}

// Abgabenordnung 139b: ISO 7064 MOD 11,10, and no digit more than three times in the first ten.
Verdict check_tax_id(std::string_view candidate) {
  const Compact id(candidate);
  if (!id.is_digits(11) || id[0] == '0' || digit_repeats_more_than(id.text().substr(0, 10), 3)) {
    return Verdict::kInvalid;
  }
  return weak(mod_11_10_holds(id.text()));
}

// SGB V 290, annex 1: a letter, eight digits, the check digit.
Verdict check_health_insurance(std::string_view candidate) {
  const Compact id(candidate);
  if (id.size() != 10 || !all_letters(id.text().substr(0, 1)) || !all_digits(id.text().substr(1))) {
    return Verdict::kInvalid;
  }
  const auto letter = letter_as_digits(id[0]);
  const int sum =
      sum_of_digit_sums({letter.data(), 2}, {1, 2}) + sum_of_digit_sums(id.text().substr(1), {1, 2, 1, 2, 1, 2, 1, 2});
  return weak(sum % 10 == id[9] - '0');
}

// Guideline of the KBV under SGB V 75 (7): the seventh digit checks the six before it.
Verdict check_physician(std::string_view candidate) {
  const Compact id(candidate);
  if (!id.is_digits(9)) return Verdict::kInvalid;
  const int sum = weighted_sum(id.text(), {4, 9, 4, 9, 4, 9});
  return weak((10 - sum % 10) % 10 == id[6] - '0');
}

// ICAO Doc 9303, part 3, 4.9: weights 7, 3, 1. Eight digits after the letter are no more than a weak hint.
Verdict check_document(std::string_view candidate) {
  constexpr std::array<int, 3> kWeights = {7, 3, 1};
  const Compact id(candidate);
  if (id.size() != 9 || base36_value(id[8]) < 0 || base36_value(id[8]) > 9) return Verdict::kInvalid;
  int sum = 0;
  for (size_t at = 0; at < 8; ++at) {
    const int value = base36_value(id[at]);
    if (value < 0) return Verdict::kInvalid;
    sum += value * kWeights[at % 3];
  }
  const bool holds = sum % 10 == id[8] - '0';
  return all_digits(id.text().substr(1)) ? weak(holds) : strong(holds);
}

// VKVV 2: area, date of birth (day + 50 where two persons would share the number), letter, serial number, check digit.
Verdict check_social_security(std::string_view candidate) {
  const Compact id(candidate);
  const std::string_view text = id.text();
  if (id.size() != 12 || !all_digits(text.substr(0, 8)) || !all_letters(text.substr(8, 1)) ||
      !all_digits(text.substr(9))) {
    return Verdict::kInvalid;
  }
  const int day = number_of(text.substr(2, 2));
  const int month = number_of(text.substr(4, 2));
  if (!is_date_of_two_digit_year(number_of(text.substr(6, 2)), month, day > 50 ? day - 50 : day)) {
    return Verdict::kInvalid;
  }
  const auto letter = letter_as_digits(id[8]);
  const int sum = sum_of_digit_sums(text, {2, 1, 2, 5, 7, 1, 2, 1}) + sum_of_digit_sums({letter.data(), 2}, {2, 1}) +
                  sum_of_digit_sums(text.substr(9), {2, 1});
  return strong(sum % 10 == id[11] - '0');
}

// Umsatzsteuergesetz 27a: DE and nine digits, ISO 7064 MOD 11,10.
Verdict check_vat(std::string_view candidate) {
  const Compact id(candidate);
  if (id.size() != 11 || !id.text().starts_with("DE") || !all_digits(id.text().substr(2))) return Verdict::kInvalid;
  return strong(mod_11_10_holds(id.text().substr(2)));
}

// The lowest postal code in use is 01067, the highest 99998.
Verdict check_postal_code(std::string_view candidate) {
  const Compact code(candidate);
  if (!code.is_digits(5)) return Verdict::kInvalid;
  const int number = number_of(code.text());
  return weak(number > 1000 && number < 99'999);
}

constexpr NamedValidator kValidators[] = {
    {"de_tax_id", check_tax_id},
    {"de_health_insurance", check_health_insurance},
    {"de_physician", check_physician},
    {"de_document", check_document},
    {"de_vat", check_vat},
    {"de_social_security", check_social_security},
    {"de_postal_code", check_postal_code},
};

}  // namespace

std::span<const NamedValidator> german_validators() { return kValidators; }

}  // namespace custos::stage
