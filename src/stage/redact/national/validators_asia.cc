#include <algorithm>
#include <array>

#include "stage/redact/checks/validators.h"
#include "stage/redact/national/check_digits.h"

namespace custos::stage {
namespace {

bool is_birthday(std::string_view yymmdd) {
  return is_date_of_two_digit_year(number_of(yymmdd.substr(0, 2)), number_of(yymmdd.substr(2, 2)),
                                   number_of(yymmdd.substr(4, 2)));
}

// Korea, numbers of residents and of foreigners (Resident Registration Act, rule 2): a birthday, one digit for century
// and sex, and until October 2020 an office below 96 and a check digit. Newer numbers are random, so nothing to check.
Verdict check_korean_person(std::string_view candidate, char kind_min, char kind_max, int offset) {
  const Compact id(candidate);
  if (!id.is_digits(13) || id[6] < kind_min || id[6] > kind_max) return Verdict::kInvalid;
  const std::string_view text = id.text();
  if (!is_birthday(text)) return Verdict::kInvalid;
  const int sum = weighted_sum(text, {2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5});
  const bool holds = (offset - sum % 11) % 10 == text[12] - '0';
  return holds && number_of(text.substr(7, 2)) < 96 ? Verdict::kValid : Verdict::kUnsure;
}

Verdict check_korean_resident(std::string_view candidate) { return check_korean_person(candidate, '1', '4', 11); }
Verdict check_korean_foreigner(std::string_view candidate) { return check_korean_person(candidate, '5', '8', 13); }

// Korea, business registration number (National Tax Service).
Verdict check_korean_business(std::string_view candidate) {
  const Compact id(candidate);
  if (!id.is_digits(10) || all_the_same(id.text())) return Verdict::kInvalid;
  const int ninth = (id[8] - '0') * 5;
  const int sum = weighted_sum(id.text(), {1, 3, 7, 1, 3, 7, 1, 3}) + ninth + ninth / 10;
  return strong_in_groups(id, (10 - sum % 10) % 10 == id[9] - '0');
}

// Korea, driver's licence: the office that gave it out is 11 to 28. Its check digits are not public.
Verdict check_korean_driver(std::string_view candidate) {
  const Compact id(candidate);
  if (!id.is_digits(12)) return Verdict::kInvalid;
  const int office = number_of(id.text().substr(0, 2));
  return weak(office >= 11 && office <= 28);
}

// India, Aadhaar (UIDAI): Verhoeff; the first digit is 2 to 9.
Verdict check_aadhaar(std::string_view candidate) {
  const Compact id(candidate);
  if (!id.is_digits(12) || id[0] < '2') return Verdict::kInvalid;
  return strong(verhoeff_holds(id.text()));
}

// India, GSTIN (CGST Rules 2017, rule 10): state, PAN, entity, Z, and Luhn's check over base 36. Copies that fail the
// check are common in forms and samples: the shape, which is rare, then stands alone.
Verdict check_gstin(std::string_view candidate) {
  const Compact id(candidate);
  if (id.size() != 15 || !all_digits(id.text().substr(0, 2))) return Verdict::kInvalid;
  const int state = number_of(id.text().substr(0, 2));
  if (state < 1 || (state > 38 && state != 97 && state != 99)) return Verdict::kInvalid;
  int sum = 0;
  for (size_t at = 0; at < 15; ++at) {
    const int value = base36_value(id[at]);
    if (value < 0) return Verdict::kInvalid;
    const int product = value * (at % 2 == 0 ? 1 : 2);
    sum += product / 36 + product % 36;
  }
  return sum % 36 == 0 ? Verdict::kValid : Verdict::kUnsure;
}

// Singapore, NRIC and FIN (ICA): modulo 11 over the digits, T and G four more, M three more.
Verdict check_nric(std::string_view candidate) {
  const Compact id(candidate);
  if (id.size() != 9 || !all_digits(id.text().substr(1, 7))) return Verdict::kInvalid;
  const int sum = weighted_sum(id.text().substr(1), {2, 7, 6, 5, 4, 3, 2});
  const auto at = [](int value) { return static_cast<size_t>(value % 11); };
  switch (id[0]) {
    case 'S':
      return strong("JZIHGFEDCBA"[at(sum)] == id[8]);
    case 'T':
      return strong("JZIHGFEDCBA"[at(sum + 4)] == id[8]);
    case 'F':
      return strong("XWUTRQPNMLK"[at(sum)] == id[8]);
    case 'G':
      return strong("XWUTRQPNMLK"[at(sum + 4)] == id[8]);
    case 'M':
      return strong("KLJNPQRTUWX"[10 - at(sum + 3)] == id[8]);
    default:
      return Verdict::kInvalid;
  }
}

// Singapore, Unique Entity Number (ACRA) of a business: eight digits and a letter.
Verdict check_singapore_business(std::string_view candidate) {
  const Compact id(candidate);
  if (id.size() != 9 || !all_digits(id.text().substr(0, 8))) return Verdict::kInvalid;
  const int sum = weighted_sum(id.text(), {10, 4, 9, 3, 8, 2, 7, 1});
  return weak("XMKECAWLJDB"[static_cast<size_t>(sum % 11)] == id[8]);
}

// … of a local company: the year, five digits and a letter.
Verdict check_singapore_company(std::string_view candidate) {
  const Compact id(candidate);
  if (id.size() != 10 || !all_digits(id.text().substr(0, 9))) return Verdict::kInvalid;
  const int year = number_of(id.text().substr(0, 4));
  if (year < 1800 || year > 2099) return Verdict::kInvalid;
  const int sum = weighted_sum(id.text(), {10, 8, 6, 4, 9, 7, 5, 3, 1});
  return strong("ZKCMDNERGWH"[static_cast<size_t>(sum % 11)] == id[9]);
}

bool is_singapore_entity(std::string_view type) {
  constexpr std::string_view kTypes =
      "CC CD CH CL CM CP CS CX DP FB FC FM FN GA GB GS HC HS LL LP MB MC MD MH MM MQ NB NR PA PB PF RF RP SM SS TC TU "
      "VH XL";
  for (size_t at = 0; at < kTypes.size(); at += 3) {
    if (kTypes.substr(at, 2) == type) return true;
  }
  return false;
}

// … of any other entity: R, S or T for the century, the year, the type, four digits and a letter.
Verdict check_singapore_other(std::string_view candidate) {
  constexpr std::string_view kAlphabet = "ABCDEFGHJKLMNPQRSTUVWX0123456789";
  constexpr std::array<int, 9> kWeights = {4, 3, 5, 3, 10, 2, 2, 5, 7};
  const Compact id(candidate);
  if (id.size() != 10 || id[0] < 'R' || id[0] > 'T' || !is_singapore_entity(id.text().substr(3, 2))) {
    return Verdict::kInvalid;
  }
  int sum = -5;
  for (size_t at = 0; at < kWeights.size(); ++at) {
    const size_t value = kAlphabet.find(id[at]);
    if (value == std::string_view::npos) return Verdict::kInvalid;
    sum += static_cast<int>(value) * kWeights[at];
  }
  return strong(kAlphabet[static_cast<size_t>((sum % 11 + 11) % 11)] == id[9]);
}

// Thailand, national identity number (Department of Provincial Administration): modulo 11.
Verdict check_thai_identity(std::string_view candidate) {
  const Compact id(candidate);
  if (!id.is_digits(13)) return Verdict::kInvalid;
  const int sum = weighted_sum(id.text(), {13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2});
  return strong_in_groups(id, (11 - sum % 11) % 10 == id[12] - '0');
}

// China, resident identity number (GB 11643-1999): a birthday and ISO/IEC 7064 MOD 11-2.
Verdict check_chinese_resident(std::string_view candidate) {
  const Compact id(candidate);
  const std::string_view text = id.text();
  if (id.size() != 18 || !all_digits(text.substr(0, 17))) return Verdict::kInvalid;
  if (!is_date(number_of(text.substr(6, 4)), number_of(text.substr(10, 2)), number_of(text.substr(12, 2)))) {
    return Verdict::kInvalid;
  }
  const int sum = weighted_sum(text, {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2});
  return strong("10X98765432"[static_cast<size_t>(sum % 11)] == text[17]);
}

// Japan, individual number (Ministry order 85 of 2014, art. 5): modulo 11.
Verdict check_my_number(std::string_view candidate) {
  const Compact id(candidate);
  if (!id.is_digits(12) || all_the_same(id.text())) return Verdict::kInvalid;
  const int remainder = weighted_sum(id.text(), {6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2}) % 11;
  return weak((remainder <= 1 ? 0 : 11 - remainder) == id[11] - '0');
}

// Australia, business number (ABR): the first digit less one, weights, modulo 89.
Verdict check_abn(std::string_view candidate) {
  const Compact id(candidate);
  if (!id.is_digits(11) || id[0] == '0') return Verdict::kInvalid;
  const int sum = weighted_sum(id.text(), {10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19});
  return strong_in_groups(id, (sum - 10) % 89 == 0);
}

// Australia, company number (ASIC).
Verdict check_acn(std::string_view candidate) {
  const Compact id(candidate);
  if (!id.is_digits(9) || all_the_same(id.text())) return Verdict::kInvalid;
  return weak(weighted_sum(id.text(), {8, 7, 6, 5, 4, 3, 2, 1, 1}) % 10 == 0);
}

// Australia, tax file number (ATO).
Verdict check_tfn(std::string_view candidate) {
  const Compact id(candidate);
  if (!id.is_digits(9) || all_the_same(id.text())) return Verdict::kInvalid;
  return weak(weighted_sum(id.text(), {1, 4, 3, 7, 5, 8, 6, 9, 10}) % 11 == 0);
}

// Australia, Medicare card: eight digits, their check digit, and the number of the card's issue.
Verdict check_australian_medicare(std::string_view candidate) {
  const Compact id(candidate);
  if (!id.is_digits(10) || id[0] < '2' || id[0] > '6') return Verdict::kInvalid;
  return strong_in_groups(id, weighted_sum(id.text(), {1, 3, 7, 9, 1, 3, 7, 9}) % 10 == id[8] - '0');
}

constexpr NamedValidator kValidators[] = {
    {"kr_resident", check_korean_resident},
    {"kr_foreigner", check_korean_foreigner},
    {"kr_business", check_korean_business},
    {"kr_driver", check_korean_driver},
    {"in_aadhaar", check_aadhaar},
    {"in_gstin", check_gstin},
    {"sg_nric", check_nric},
    {"sg_business", check_singapore_business},
    {"sg_company", check_singapore_company},
    {"sg_other", check_singapore_other},
    {"th_identity", check_thai_identity},
    {"cn_resident", check_chinese_resident},
    {"jp_my_number", check_my_number},
    {"au_abn", check_abn},
    {"au_acn", check_acn},
    {"au_tfn", check_tfn},
    {"au_medicare", check_australian_medicare},
};

}  // namespace

std::span<const NamedValidator> asian_validators() { return kValidators; }

}  // namespace custos::stage
