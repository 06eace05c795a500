#include <algorithm>
#include <array>
#include <string>

#include "stage/redact/checks/validators.h"
#include "stage/redact/national/check_digits.h"

namespace custos::stage {
namespace {

// Year of the century that the seventh character names, 0 where it names none (Finnish Decree 690/2022).
int finnish_century(char separator) {
  if (separator == '+') return 1800;
  if (separator == '-' || (separator >= 'U' && separator <= 'Y')) return 1900;
  return separator >= 'A' && separator <= 'F' ? 2000 : 0;
}

// Finland, henkilötunnus: ddmmyy, century, serial, and the remainder modulo 31 as a character.
Verdict check_finnish_identity(std::string_view candidate) {
  constexpr std::string_view kCheckCharacters = "0123456789ABCDEFHJKLMNPRSTUVWXY";
  if (candidate.size() != 11) return Verdict::kInvalid;
  const std::string_view date = candidate.substr(0, 6);
  const std::string_view serial = candidate.substr(7, 3);
  const char separator = static_cast<char>(candidate[6] & (candidate[6] >= 'a' ? 0x5F : 0x7F));
  const int century = finnish_century(separator);
  if (century == 0 || !all_digits(date) || !all_digits(serial)) return Verdict::kInvalid;
  const int year = century + number_of(date.substr(4));
  if (!is_date(year, number_of(date.substr(2, 2)), number_of(date.substr(0, 2)))) return Verdict::kInvalid;
  const int remainder = (number_of(date) % 31 * 1000 + number_of(serial)) % 31;
  const Compact last(candidate.substr(10));
  return strong(last.size() == 1 && last[0] == kCheckCharacters[static_cast<size_t>(remainder)]);
}

// Sweden, organisationsnummer (Act 1974:174): Luhn; the third digit is at least 2, which no month is.
Verdict check_swedish_organisation(std::string_view candidate) {
  const Compact id(candidate);
  if (!id.is_digits(10) || id[2] < '2') return Verdict::kInvalid;
  return weak(luhn_holds(id.text()));
}

// Sweden, personnummer (Act 1991:481 §18) and samordningsnummer (day + 60): a date and Luhn over the last ten digits.
Verdict check_swedish_person(std::string_view candidate) {
  const Compact id(candidate);
  const bool long_form = id.is_digits(12);
  if (!long_form && !id.is_digits(10)) return Verdict::kInvalid;
  const std::string_view text = id.text().substr(long_form ? 2 : 0);
  const int day = number_of(text.substr(4, 2));
  const int month = number_of(text.substr(2, 2));
  const bool dated = is_date_of_two_digit_year(number_of(text.substr(0, 2)), month, day > 60 ? day - 60 : day);
  const bool holds = dated && luhn_holds(text);
  return long_form ? strong(holds) : strong_in_groups(id, holds);
}

// Norway, fødselsnummer and D-nummer (day + 40): a date and two check digits (Folkeregisterforskriften 2-2-1).
Verdict check_norwegian_person(std::string_view candidate) {
  const Compact id(candidate);
  if (!id.is_digits(11)) return Verdict::kInvalid;
  const std::string_view text = id.text();
  const int day = number_of(text.substr(0, 2));
  const int month = number_of(text.substr(2, 2));
  const int year = number_of(text.substr(4, 2));
  if (!is_date_of_two_digit_year(year, month > 40 ? month - 40 : month, day > 40 ? day - 40 : day)) {
    return Verdict::kInvalid;
  }
  return strong(weighted_sum(text, {3, 7, 6, 1, 8, 9, 4, 5, 2, 1}) % 11 == 0 &&
                weighted_sum(text, {5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1}) % 11 == 0);
}

// Denmark, CPR: a date and four digits. Modulo 11 has not held for every number since 2007, so it only confirms.
Verdict check_danish_person(std::string_view candidate) {
  const Compact id(candidate);
  if (!id.is_digits(10)) return Verdict::kInvalid;
  const std::string_view text = id.text();
  const bool dated = is_date_of_two_digit_year(number_of(text.substr(4, 2)), number_of(text.substr(2, 2)),
                                               number_of(text.substr(0, 2)));
  if (!dated) return Verdict::kInvalid;
  const bool holds = weighted_sum(text, {4, 3, 2, 7, 6, 5, 4, 3, 2, 1}) % 11 == 0;
  return holds && id.separated() ? Verdict::kValid : Verdict::kUnsure;
}

// Spain, Real Decreto 1553/2005: the letter is the number modulo 23. Of a NIE, X, Y and Z stand for 0, 1 and 2.
bool spanish_letter_holds(std::string_view digits, char letter) {
  return "TRWAGMYFPDXBNJZSQVHLCKE"[static_cast<size_t>(remainder_of(digits, 23))] == letter;
}

Verdict check_spanish_citizen(std::string_view candidate) {
  const Compact id(candidate);
  if (id.size() != 9 || !all_digits(id.text().substr(0, 8))) return Verdict::kInvalid;
  return strong_in_groups(id, spanish_letter_holds(id.text().substr(0, 8), id[8]));
}

Verdict check_spanish_foreigner(std::string_view candidate) {
  const Compact id(candidate);
  if (id.size() < 9 || id.size() > 10 || id[0] < 'X' || id[0] > 'Z') return Verdict::kInvalid;
  std::string digits(id.text().substr(0, id.size() - 1));
  digits[0] = static_cast<char>('0' + (digits[0] - 'X'));
  return strong(all_digits(digits) && spanish_letter_holds(digits, id[id.size() - 1]));
}

// United Kingdom, NHS number (NHS Data Dictionary): modulo 11. Its shape is that of a telephone number.
Verdict check_nhs(std::string_view candidate) {
  const Compact id(candidate);
  if (!id.is_digits(10) || all_the_same(id.text())) return Verdict::kInvalid;
  return weak(weighted_sum(id.text(), {10, 9, 8, 7, 6, 5, 4, 3, 2, 1}) % 11 == 0);
}

// United Kingdom, National Insurance number (HMRC NIM39110): prefixes that are never given out.
Verdict check_national_insurance(std::string_view candidate) {
  constexpr std::array<std::string_view, 7> kUnused = {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"};
  const Compact id(candidate);
  if (id.size() != 9) return Verdict::kInvalid;
  return weak(std::find(kUnused.begin(), kUnused.end(), id.text().substr(0, 2)) == kUnused.end());
}

// United Kingdom, driver number (DVLA INF45): five of the surname, padded by 9 at its end. Its check is not public.
Verdict check_british_driver(std::string_view candidate) {
  const Compact id(candidate);
  if (id.size() != 16) return Verdict::kInvalid;
  const std::string_view surname = id.text().substr(0, 5);
  const size_t letters = std::min(surname.find('9'), surname.size());
  return weak(letters > 0 && all_letters(surname.substr(0, letters)) &&
              surname.find_first_not_of('9', letters) == std::string_view::npos);
}

// What a character at an odd place of a codice fiscale counts; 0 to 9 count like A to J.
int italian_odd_value(int value) {
  constexpr std::array<int, 26> kOdd = {1,  0,  5, 7, 9, 13, 15, 17, 19, 21, 2,  4,  18,
                                        20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23};
  return kOdd[static_cast<size_t>(value)];
}

// Italy, codice fiscale (DM 23/12/1976): the last letter is the sum of the fifteen before it, modulo 26.
Verdict check_italian_fiscal_code(std::string_view candidate) {
  const Compact id(candidate);
  if (id.size() != 16) return Verdict::kInvalid;
  int sum = 0;
  for (size_t at = 0; at < 15; ++at) {
    const int value = base36_value(id[at]);
    if (value < 0) return Verdict::kInvalid;
    const int ordinal = value >= 10 ? value - 10 : value;
    sum += at % 2 == 0 ? italian_odd_value(ordinal) : ordinal;
  }
  return strong(id[15] - 'A' == sum % 26);
}

// Italy, partita IVA (DPR 633/1972, art. 35): the office's province, and Luhn.
Verdict check_italian_vat(std::string_view candidate) {
  const Compact id(candidate);
  if (!id.is_digits(11) || number_of(id.text().substr(0, 7)) == 0) return Verdict::kInvalid;
  const int office = number_of(id.text().substr(7, 3));
  const bool known = (office >= 1 && office <= 100) || office == 120 || office == 121 || office == 888 || office == 999;
  return weak(known && luhn_holds(id.text()));
}

// Poland, PESEL (Act of 24 September 2010, art. 15): the century is added to the month in steps of 20.
Verdict check_pesel(std::string_view candidate) {
  const Compact id(candidate);
  if (!id.is_digits(11)) return Verdict::kInvalid;
  const std::string_view text = id.text();
  const int month = number_of(text.substr(2, 2)) % 20;
  const bool dated = is_date_of_two_digit_year(number_of(text.substr(0, 2)), month, number_of(text.substr(4, 2)));
  return weak(dated && weighted_sum(text, {1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1}) % 10 == 0);
}

// France, NIR (INSEE): the last two digits complete the thirteen before them to 97. 2A and 2B count as 19 and 18.
Verdict check_nir(std::string_view candidate) {
  const Compact id(candidate);
  if (id.size() != 15) return Verdict::kInvalid;
  std::string digits(id.text());
  if (digits[5] == '2' && (digits[6] == 'A' || digits[6] == 'B')) {
    digits[5] = '1';
    digits[6] = digits[6] == 'A' ? '9' : '8';
  }
  if (!all_digits(digits)) return Verdict::kInvalid;
  const std::string_view text = digits;
  return strong(97 - remainder_of(text.substr(0, 13), 97) == number_of(text.substr(13)));
}

// Netherlands, burgerservicenummer (Besluit BSN): the "eleven test".
Verdict check_bsn(std::string_view candidate) {
  const Compact id(candidate);
  if (!id.is_digits(9) || all_the_same(id.text())) return Verdict::kInvalid;
  return weak(weighted_sum(id.text(), {9, 8, 7, 6, 5, 4, 3, 2, -1}) % 11 == 0);
}

// Belgium, national register number (Royal Decree of 3 April 1984) and bis number (month + 20 or + 40): modulo 97, with
// a 2 in front for who was born from 2000 on. Month and day may be unknown: zero.
Verdict check_belgian_register(std::string_view candidate) {
  const Compact id(candidate);
  if (!id.is_digits(11)) return Verdict::kInvalid;
  const std::string_view text = id.text();
  const int month = number_of(text.substr(2, 2));
  if (month > 52 || month % 20 > 12 || number_of(text.substr(4, 2)) > 31) return Verdict::kInvalid;
  const int last_century = remainder_of(text.substr(0, 9), 97);
  const int this_century = (2 * (1'000'000'000 % 97) + last_century) % 97;
  const int check = number_of(text.substr(9));
  return strong(97 - last_century == check || 97 - this_century == check);
}

// Portugal, NIF (Decreto-Lei 14/2013): modulo 11.
Verdict check_portuguese_tax(std::string_view candidate) {
  const Compact id(candidate);
  const bool prefixed = id.text().starts_with("PT");
  const std::string_view text = id.text().substr(prefixed ? 2 : 0);
  if (text.size() != 9 || !all_digits(text) || text[0] == '0') return Verdict::kInvalid;
  const int check = 11 - weighted_sum(text, {9, 8, 7, 6, 5, 4, 3, 2}) % 11;
  const bool holds = (check > 9 ? 0 : check) == text[8] - '0';
  return prefixed ? strong(holds) : weak(holds);
}

// Switzerland, AHV number (AHVV 134): an EAN-13 (GS1) that begins with 756.
Verdict check_ahv(std::string_view candidate) {
  const Compact id(candidate);
  if (!id.is_digits(13) || !id.text().starts_with("756")) return Verdict::kInvalid;
  return strong(weighted_sum(id.text(), {1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1}) % 10 == 0);
}

// Austria, Versicherungsnummer (ASVG 31): the fourth digit checks the others; then the date of birth.
Verdict check_austrian_insurance(std::string_view candidate) {
  const Compact id(candidate);
  if (!id.is_digits(10) || id[0] == '0') return Verdict::kInvalid;
  const std::string_view text = id.text();
  const bool dated =
      is_date_of_two_digit_year(number_of(text.substr(8)), number_of(text.substr(6, 2)), number_of(text.substr(4, 2)));
  return strong_in_groups(id, dated && weighted_sum(text, {3, 7, 9, 0, 5, 8, 4, 2, 1, 6}) % 11 == text[3] - '0');
}

// Russia, INN (FNS order MMV-7-14/559): one check digit of ten for a firm, two of twelve for a person.
Verdict check_inn(std::string_view candidate) {
  const Compact id(candidate);
  const std::string_view text = id.text();
  if (id.is_digits(10)) {
    return weak(weighted_sum(text, {2, 4, 10, 3, 5, 9, 4, 6, 8}) % 11 % 10 == text[9] - '0' && !all_the_same(text));
  }
  if (!id.is_digits(12) || all_the_same(text)) return Verdict::kInvalid;
  return weak(weighted_sum(text, {7, 2, 4, 10, 3, 5, 9, 4, 6, 8}) % 11 % 10 == text[10] - '0' &&
              weighted_sum(text, {3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8}) % 11 % 10 == text[11] - '0');
}

// Russia, SNILS (Pension Fund resolution 192p): modulo 101, for numbers above 001-001-998.
Verdict check_snils(std::string_view candidate) {
  const Compact id(candidate);
  if (!id.is_digits(11) || number_of(id.text().substr(0, 9)) <= 1'001'998) return Verdict::kInvalid;
  const int sum = weighted_sum(id.text(), {9, 8, 7, 6, 5, 4, 3, 2, 1});
  return strong_in_groups(id, sum % 101 % 100 == number_of(id.text().substr(9)));
}

// Turkey, T.C. kimlik numarası (Act 5490): two check digits.
Verdict check_turkish_identity(std::string_view candidate) {
  const Compact id(candidate);
  if (!id.is_digits(11) || id[0] == '0') return Verdict::kInvalid;
  const std::string_view text = id.text();
  const int odd_and_even = weighted_sum(text, {7, -1, 7, -1, 7, -1, 7, -1, 7});
  const int sum = weighted_sum(text, {1, 1, 1, 1, 1, 1, 1, 1, 1, 1});
  return strong((odd_and_even % 10 + 10) % 10 == text[9] - '0' && sum % 10 == text[10] - '0');
}

constexpr NamedValidator kValidators[] = {
    {"fi_identity", check_finnish_identity},
    {"se_organisation", check_swedish_organisation},
    {"se_person", check_swedish_person},
    {"no_person", check_norwegian_person},
    {"dk_person", check_danish_person},
    {"es_citizen", check_spanish_citizen},
    {"es_foreigner", check_spanish_foreigner},
    {"uk_nhs", check_nhs},
    {"uk_national_insurance", check_national_insurance},
    {"uk_driver", check_british_driver},
    {"it_fiscal_code", check_italian_fiscal_code},
    {"it_vat", check_italian_vat},
    {"pl_pesel", check_pesel},
    {"fr_nir", check_nir},
    {"nl_bsn", check_bsn},
    {"be_register", check_belgian_register},
    {"pt_tax", check_portuguese_tax},
    {"ch_ahv", check_ahv},
    {"at_insurance", check_austrian_insurance},
    {"ru_inn", check_inn},
    {"ru_snils", check_snils},
    {"tr_identity", check_turkish_identity},
};

}  // namespace

std::span<const NamedValidator> european_validators() { return kValidators; }

}  // namespace custos::stage
