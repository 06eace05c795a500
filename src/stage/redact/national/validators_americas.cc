#include <array>

#include "stage/redact/checks/validators.h"
#include "stage/redact/national/check_digits.h"

namespace custos::stage {
namespace {

// United States, National Provider Identifier (45 CFR 162.406): Luhn over 80840 and the number. The prefix adds 24.
Verdict check_npi(std::string_view candidate) {
  const Compact id(candidate);
  if (!id.is_digits(10) || all_the_same(id.text().substr(0, 9))) return Verdict::kInvalid;
  int sum = 24;
  for (size_t at = 0; at < 10; ++at) {
    const int product = (id[at] - '0') * (at % 2 == 0 ? 2 : 1);
    sum += product > 9 ? product - 9 : product;
  }
  return weak(sum % 10 == 0);
}

// United States, DEA registration (21 CFR 1301): odd places plus twice the even ones end in the seventh digit.
Verdict check_dea(std::string_view candidate) {
  const Compact id(candidate);
  if (id.size() != 9 || !all_digits(id.text().substr(2))) return Verdict::kInvalid;
  return weak(weighted_sum(id.text().substr(2), {1, 2, 1, 2, 1, 2}) % 10 == id[8] - '0');
}

// Canada, social insurance number (Employment Insurance Act 138): Luhn; none begins with 0 or 8. In groups of
// three with spaces it looks like any amount of money.
Verdict check_sin(std::string_view candidate) {
  const Compact id(candidate);
  if (!id.is_digits(9) || id[0] == '0' || id[0] == '8' || all_the_same(id.text())) return Verdict::kInvalid;
  const bool dashed = candidate.find('-') != std::string_view::npos;
  return dashed ? strong(luhn_holds(id.text())) : weak(luhn_holds(id.text()));
}

// The check digit of Brazil's registers: what completes the weighted sum to eleven, 0 where that is 10 or 11.
int completes_eleven(int sum) { return sum % 11 < 2 ? 0 : 11 - sum % 11; }

// Brazil, CPF (Receita Federal, IN 1548/2015).
Verdict check_cpf(std::string_view candidate) {
  const Compact id(candidate);
  if (!id.is_digits(11) || all_the_same(id.text())) return Verdict::kInvalid;
  const std::string_view text = id.text();
  const bool holds = completes_eleven(weighted_sum(text, {10, 9, 8, 7, 6, 5, 4, 3, 2})) == text[9] - '0' &&
                     completes_eleven(weighted_sum(text, {11, 10, 9, 8, 7, 6, 5, 4, 3, 2})) == text[10] - '0';
  return strong_in_groups(id, holds);
}

// Brazil, CNPJ (IN 2119/2022).
Verdict check_cnpj(std::string_view candidate) {
  const Compact id(candidate);
  if (!id.is_digits(14) || all_the_same(id.text())) return Verdict::kInvalid;
  const std::string_view text = id.text();
  const bool holds = completes_eleven(weighted_sum(text, {5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2})) == text[12] - '0' &&
                     completes_eleven(weighted_sum(text, {6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2})) == text[13] - '0';
  return strong_in_groups(id, holds);
}

// Mexico, CURP (Instructivo Normativo, DOF 18/10/2021): a birthday, and a check over 0-9, A-N, Ñ, O-Z.
Verdict check_curp(std::string_view candidate) {
  const Compact id(candidate);
  const std::string_view text = id.text();
  if (id.size() != 18 || !all_digits(text.substr(4, 6)) || !all_digits(text.substr(17))) return Verdict::kInvalid;
  const bool dated = is_date_of_two_digit_year(number_of(text.substr(4, 2)), number_of(text.substr(6, 2)),
                                               number_of(text.substr(8, 2)));
  int sum = 0;
  for (int at = 0; at < 17; ++at) {
    const char c = text[static_cast<size_t>(at)];
    const int value = base36_value(c);
    if (value < 0) return Verdict::kInvalid;
    sum += (value + (c > 'N' ? 1 : 0)) * (18 - at);
  }
  return strong(dated && (10 - sum % 10) % 10 == text[17] - '0');
}

// South Africa, identity number (Identification Act 68 of 1997): a birthday, citizen, resident or refugee, 8 or 9,
// Luhn.
Verdict check_south_african(std::string_view candidate) {
  const Compact id(candidate);
  if (!id.is_digits(13) || id[10] > '2' || id[11] < '8') return Verdict::kInvalid;
  const std::string_view text = id.text();
  const bool dated = is_date_of_two_digit_year(number_of(text.substr(0, 2)), number_of(text.substr(2, 2)),
                                               number_of(text.substr(4, 2)));
  return strong(dated && luhn_holds(text));
}

constexpr NamedValidator kValidators[] = {
    {"us_npi", check_npi},
    {"us_dea", check_dea},
    {"ca_sin", check_sin},
    {"br_cpf", check_cpf},
    {"br_cnpj", check_cnpj},
    {"mx_curp", check_curp},
    {"za_identity", check_south_african},
};

}  // namespace

std::span<const NamedValidator> american_validators() { return kValidators; }

}  // namespace custos::stage
