#include "stage/redact/checks/phone.h"

#include <phonenumbers/phonenumberutil.h>

#include <algorithm>
#include <array>
#include <string>

#include "stage/redact/checks/salutation.h"

namespace custos::stage {
namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

// The plans in which a number without a country's code is looked for, the most frequent in business mail first.
constexpr std::array<const char*, 16> kRegions = {"US", "GB", "DE", "FR", "IT", "ES", "NL", "IN",
                                                  "BR", "CN", "JP", "IL", "SE", "AU", "PL", "DK"};

std::string digits_of(std::string_view text) {
  std::string digits;
  std::copy_if(text.begin(), text.end(), std::back_inserter(digits),
               [](char byte) { return byte >= '0' && byte <= '9'; });
  return digits;
}

bool is_valid_in(const std::string& text, const char* region) {
  const PhoneNumberUtil& util = *PhoneNumberUtil::GetInstance();
  PhoneNumber number;
  if (util.Parse(text, region, &number) != PhoneNumberUtil::NO_PARSING_ERROR) return false;
  return util.IsValidNumber(number);
}

}  // namespace

Verdict check_phone_us(std::string_view candidate) {
  const std::string digits = digits_of(candidate);
  if (digits.size() < 10) return Verdict::kInvalid;
  const std::string_view national = std::string_view(digits).substr(digits.size() - 10);
  const bool one_digit = national.find_first_not_of(national.front()) == std::string_view::npos;
  if (one_digit || national.front() == '0') return Verdict::kInvalid;
  // Blanks also stand between the columns of a table: only what the plan could assign is a number there.
  const bool marked = candidate.find_first_of("-+(") != std::string_view::npos;
  return marked || (national[0] >= '2' && national[3] >= '2') ? Verdict::kUnsure : Verdict::kInvalid;
}

Verdict check_phone_international(std::string_view candidate) {
  const std::string digits = digits_of(candidate);
  if (digits.size() < 7 || digits.size() > 15) return Verdict::kInvalid;
  PhoneNumber number;
  const PhoneNumberUtil& util = *PhoneNumberUtil::GetInstance();
  const auto parsed = util.Parse("+" + digits, "ZZ", &number);
  return parsed == PhoneNumberUtil::NO_PARSING_ERROR && util.IsPossibleNumber(number) ? Verdict::kUnsure
                                                                                      : Verdict::kInvalid;
}

Verdict check_phone_national(std::string_view candidate) {
  const std::string digits = digits_of(candidate);
  if (digits.size() < 7 || digits.size() > 15) return Verdict::kInvalid;
  if (digits.find_first_not_of(digits.front()) == std::string::npos) return Verdict::kInvalid;
  if (digits.size() == 7) return digits[0] >= '2' ? Verdict::kUnsure : Verdict::kInvalid;  // local, no plan says
  if (digits.size() == 10 && digits[0] >= '2') return Verdict::kUnsure;
  const bool valid =
      std::any_of(kRegions.begin(), kRegions.end(), [&](const char* region) { return is_valid_in(digits, region); });
  return valid ? Verdict::kUnsure : Verdict::kInvalid;
}

bool only_refutes(Validator validator) {
  return is_slow(validator) || validator == check_phone_us || validator == check_salutation_name;
}

bool is_slow(Validator validator) {
  return validator == check_phone_international || validator == check_phone_national;
}

}  // namespace custos::stage
