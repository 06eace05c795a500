#include "stage/redact/checks/validators.h"

#include <array>

#include "stage/redact/checks/general_validators.h"

namespace custos::stage {
namespace {

constexpr std::array<std::string_view, 16> kGeneralNames = {
    "luhn_card",      "iban", "aba_routing", "us_ssn",         "us_itin",
    "ipv4",           "ipv6", "mac",         "base58check",    "bech32",
    "eth_address",    "date", "phone_us",    "phone_national", "phone_international",
    "salutation_name"};

std::array<std::span<const NamedValidator>, 4> national_tables() {
  return {german_validators(), european_validators(), asian_validators(), american_validators()};
}

}  // namespace

Validator find_validator(std::string_view name) {
  if (Validator general = find_general_validator(name); general != nullptr) return general;
  for (const auto& table : national_tables()) {
    for (const NamedValidator& entry : table) {
      if (entry.name == name) return entry.check;
    }
  }
  return nullptr;
}

std::vector<std::string_view> validator_names() {
  std::vector<std::string_view> names(kGeneralNames.begin(), kGeneralNames.end());
  for (const auto& table : national_tables()) {
    for (const NamedValidator& entry : table) names.push_back(entry.name);
  }
  return names;
}

}  // namespace custos::stage
