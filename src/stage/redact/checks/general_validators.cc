#include "stage/redact/checks/general_validators.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <utility>

#include "stage/redact/checks/phone.h"
#include "stage/redact/checks/salutation.h"

namespace custos::stage {
namespace {

bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }
bool is_letter(char byte) { return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z'); }

std::string digits_of(std::string_view text) {
  std::string digits;
  std::copy_if(text.begin(), text.end(), std::back_inserter(digits), is_digit);
  return digits;
}

uint32_t number_at(std::string_view digits, size_t at, size_t count) {
  uint32_t number = 0;
  for (size_t i = at; i < at + count; ++i) number = number * 10 + static_cast<uint32_t>(digits[i] - '0');
  return number;
}

bool all_equal(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [&](char byte) { return byte == text.front(); });
}

bool luhn_holds(std::string_view digits) {
  uint32_t sum = 0;
  for (size_t i = 0; i < digits.size(); ++i) {
    const auto digit = static_cast<uint32_t>(digits[digits.size() - 1 - i] - '0');
    const uint32_t weighted = i % 2 == 0 ? digit : digit * 2;
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return sum % 10 == 0;
}

struct IssuerRange {
  uint32_t first, last;  // of the first four digits
  size_t length_min, length_max;
  bool common;  // long and narrow enough that Luhn decides; others need context
};

constexpr std::array<IssuerRange, 23> kIssuers = {{
    {4000, 4999, 16, 16, true},  {4000, 4999, 19, 19, true},  {4000, 4999, 13, 13, false}, {5100, 5599, 16, 16, true},
    {2221, 2720, 16, 16, true},  {3400, 3499, 15, 15, true},  {3700, 3799, 15, 15, true},  {3000, 3059, 14, 19, true},
    {3600, 3699, 14, 19, true},  {3800, 3999, 14, 19, true},  {6011, 6011, 16, 19, true},  {6440, 6599, 16, 19, true},
    {3528, 3589, 16, 19, true},  {1800, 1800, 15, 15, true},  {2131, 2131, 15, 15, true},  {6200, 6299, 16, 19, true},
    {2200, 2204, 16, 19, true},  {9792, 9792, 16, 16, true},  {5000, 5099, 16, 16, true},  {5600, 6999, 16, 16, true},
    {5000, 6999, 12, 19, false}, {1000, 1999, 15, 15, false}, {3500, 3599, 16, 16, false},
}};

struct IbanLength {
  char country[3];
  uint8_t length;
};

constexpr std::array<IbanLength, 89> kIbanLengths = {{
    {"AD", 24}, {"AE", 23}, {"AL", 28}, {"AT", 20}, {"AZ", 28}, {"BA", 20}, {"BE", 16}, {"BG", 22}, {"BH", 22},
    {"BI", 27}, {"BR", 29}, {"BY", 28}, {"CH", 21}, {"CR", 22}, {"CY", 28}, {"CZ", 24}, {"DE", 22}, {"DJ", 27},
    {"DK", 18}, {"DO", 28}, {"EE", 20}, {"EG", 29}, {"ES", 24}, {"FI", 18}, {"FK", 18}, {"FO", 18}, {"FR", 27},
    {"GB", 22}, {"GE", 22}, {"GI", 23}, {"GL", 18}, {"GR", 27}, {"GT", 28}, {"HN", 28}, {"HR", 21}, {"HU", 28},
    {"IE", 22}, {"IL", 23}, {"IQ", 23}, {"IS", 26}, {"IT", 27}, {"JO", 30}, {"KW", 30}, {"KZ", 20}, {"LB", 28},
    {"LC", 32}, {"LI", 21}, {"LT", 20}, {"LU", 20}, {"LV", 21}, {"LY", 25}, {"MC", 27}, {"MD", 24}, {"ME", 22},
    {"MK", 19}, {"MN", 20}, {"MR", 27}, {"MT", 31}, {"MU", 30}, {"NI", 28}, {"NL", 18}, {"NO", 15}, {"OM", 23},
    {"PK", 24}, {"PL", 28}, {"PS", 29}, {"PT", 25}, {"QA", 29}, {"RO", 24}, {"RS", 22}, {"RU", 33}, {"SA", 24},
    {"SC", 31}, {"SD", 18}, {"SE", 24}, {"SI", 19}, {"SK", 24}, {"SM", 27}, {"SO", 23}, {"ST", 25}, {"SV", 28},
    {"TL", 23}, {"TN", 24}, {"TR", 26}, {"UA", 29}, {"VA", 22}, {"VG", 24}, {"XK", 20}, {"YE", 30},
}};

std::string upper_alphanumerics(std::string_view text) {
  std::string out;
  for (const char byte : text) {
    if (is_digit(byte)) out += byte;
    if (is_letter(byte)) out += static_cast<char>(byte & ~0x20);
  }
  return out;
}

bool iban_length_fits(std::string_view iban) {
  const auto* known = std::find_if(kIbanLengths.begin(), kIbanLengths.end(),
                                   [&](const IbanLength& entry) { return iban.substr(0, 2) == entry.country; });
  return known != kIbanLengths.end() && known->length == iban.size();
}

uint32_t iban_remainder(std::string_view iban) {
  uint32_t remainder = 0;
  for (size_t i = 0; i < iban.size(); ++i) {
    const char byte = iban[(i + 4) % iban.size()];
    if (is_digit(byte)) remainder = (remainder * 10 + static_cast<uint32_t>(byte - '0')) % 97;
    if (is_letter(byte)) remainder = (remainder * 100 + static_cast<uint32_t>(byte - 'A') + 10) % 97;
  }
  return remainder;
}

// Separators of one kind, or none.
bool separators_agree(std::string_view text) {
  char seen = 0;
  for (const char byte : text) {
    if (is_digit(byte) || is_letter(byte)) continue;
    if (seen != 0 && byte != seen) return false;
    seen = byte;
  }
  return true;
}

}  // namespace

Verdict check_card(std::string_view candidate) {
  const std::string digits = digits_of(candidate);
  if (digits.size() < 12 || digits.size() > 19 || all_equal(digits) || !luhn_holds(digits)) return Verdict::kInvalid;
  const uint32_t head = number_at(digits, 0, 4);
  for (const IssuerRange& range : kIssuers) {
    if (head < range.first || head > range.last) continue;
    if (digits.size() < range.length_min || digits.size() > range.length_max) continue;
    return range.common ? Verdict::kValid : Verdict::kUnsure;
  }
  return Verdict::kInvalid;
}

Verdict check_iban(std::string_view candidate) {
  const std::string iban = upper_alphanumerics(candidate);
  if (iban.size() < 15 || !iban_length_fits(iban)) return Verdict::kInvalid;
  return iban_remainder(iban) == 1 ? Verdict::kValid : Verdict::kInvalid;
}

Verdict check_aba(std::string_view candidate) {
  const std::string digits = digits_of(candidate);
  if (digits.size() != 9 || all_equal(digits)) return Verdict::kInvalid;
  const uint32_t district = number_at(digits, 0, 2);
  const bool issued =
      district <= 12 || (district >= 21 && district <= 32) || (district >= 61 && district <= 72) || district == 80;
  constexpr std::array<uint32_t, 3> kWeights = {3, 7, 1};
  uint32_t sum = 0;
  for (size_t i = 0; i < 9; ++i) sum += kWeights[i % 3] * number_at(digits, i, 1);
  // One number in twenty-five passes by chance, so that the words around have to say what it is.
  return issued && sum % 10 == 0 ? Verdict::kUnsure : Verdict::kInvalid;
}

Verdict check_us_ssn(std::string_view candidate) {
  const std::string digits = digits_of(candidate);
  if (digits.size() != 9 || all_equal(digits) || !separators_agree(candidate)) return Verdict::kInvalid;
  const uint32_t area = number_at(digits, 0, 3);
  if (area == 0 || area == 666 || area >= 900) return Verdict::kInvalid;
  if (number_at(digits, 3, 2) == 0 || number_at(digits, 5, 4) == 0) return Verdict::kInvalid;
  // The number printed on a wallet's sample card; written with its separators somebody means it.
  if (candidate == "078051120") return Verdict::kInvalid;
  return Verdict::kUnsure;
}

Verdict check_us_itin(std::string_view candidate) {
  const std::string digits = digits_of(candidate);
  if (digits.size() != 9 || digits[0] != '9') return Verdict::kInvalid;
  const uint32_t group = number_at(digits, 3, 2);
  const bool issued =
      group >= 50 && group != 66 && group != 67 && group != 68 && group != 69 && group != 89 && group != 93;
  return issued ? Verdict::kUnsure : Verdict::kInvalid;
}

Verdict check_ipv4(std::string_view candidate) {
  in_addr address;
  if (inet_pton(AF_INET, std::string(candidate).c_str(), &address) != 1) return Verdict::kInvalid;
  const auto* octets = reinterpret_cast<const uint8_t*>(&address.s_addr);
  if (octets[0] == 0 && candidate != "0.0.0.0") return Verdict::kInvalid;
  return Verdict::kUnsure;
}

Verdict check_ipv6(std::string_view candidate) {
  const std::string address(candidate.substr(0, candidate.find_first_of("%/")));
  in6_addr parsed;
  if (inet_pton(AF_INET6, address.c_str(), &parsed) != 1) return Verdict::kInvalid;
  // "a::b" is more often a name in a program than an address.
  const bool has_digit = std::any_of(address.begin(), address.end(), is_digit);
  const auto hex_count = std::count_if(address.begin(), address.end(), [](char byte) { return byte != ':'; });
  return has_digit && (hex_count >= 5 || address == "::1") ? Verdict::kUnsure : Verdict::kInvalid;
}

Verdict check_mac(std::string_view candidate) {
  if (!separators_agree(candidate)) return Verdict::kInvalid;
  const std::string hex = upper_alphanumerics(candidate);
  if (hex.size() != 12 || all_equal(hex)) return Verdict::kInvalid;
  const bool has_letter = std::any_of(hex.begin(), hex.end(), is_letter);
  return has_letter || candidate.find(':') != std::string_view::npos ? Verdict::kUnsure : Verdict::kInvalid;
}

Verdict check_date(std::string_view candidate) {
  std::array<uint32_t, 3> fields{};
  size_t count = 0;
  bool in_number = false;
  for (const char byte : candidate) {
    if (!is_digit(byte)) {
      in_number = false;
      continue;
    }
    if (!in_number && count++ == fields.size()) return Verdict::kInvalid;
    in_number = true;
    fields[count - 1] = std::min(fields[count - 1] * 10 + static_cast<uint32_t>(byte - '0'), 99999U);
  }
  if (count < 3) return count > 0 ? Verdict::kUnsure : Verdict::kInvalid;  // the month is a word
  const uint32_t other = fields[0] > 31 ? fields[2] : fields[0];
  const bool exists =
      fields[1] >= 1 && other >= 1 && std::min(fields[1], other) <= 12 && std::max(fields[1], other) <= 31;
  return exists ? Verdict::kUnsure : Verdict::kInvalid;
}

Validator find_general_validator(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, Validator>, 16> kValidators = {{
      {"luhn_card", check_card},
      {"iban", check_iban},
      {"aba_routing", check_aba},
      {"us_ssn", check_us_ssn},
      {"us_itin", check_us_itin},
      {"ipv4", check_ipv4},
      {"ipv6", check_ipv6},
      {"mac", check_mac},
      {"base58check", check_base58},
      {"bech32", check_bech32},
      {"eth_address", check_ethereum},
      {"date", check_date},
      {"phone_us", check_phone_us},
      {"phone_national", check_phone_national},
      {"phone_international", check_phone_international},
      {"salutation_name", check_salutation_name},
  }};
  const auto* found =
      std::find_if(kValidators.begin(), kValidators.end(), [&](const auto& entry) { return entry.first == name; });
  return found == kValidators.end() ? nullptr : found->second;
}

}  // namespace custos::stage
