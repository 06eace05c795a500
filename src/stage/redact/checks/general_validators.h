// Checks of the identifiers that are not of one country's administration: cards, accounts, wallets, network addresses.
#pragma once

#include <string_view>

#include "stage/redact/recognizer.h"

namespace custos::stage {

// Separators (space, '-', '.') in the candidate are ignored where the kind is written with them.
[[nodiscard]] Verdict check_card(std::string_view candidate);    // ISO/IEC 7812: Luhn and issuer ranges
[[nodiscard]] Verdict check_iban(std::string_view candidate);    // ISO 13616: mod 97 and the length of the country
[[nodiscard]] Verdict check_aba(std::string_view candidate);     // ABA routing number: 3-7-1 weights, Federal districts
[[nodiscard]] Verdict check_us_ssn(std::string_view candidate);  // SSA's ranges; one kind of separator
[[nodiscard]] Verdict check_us_itin(std::string_view candidate);  // IRS ranges
[[nodiscard]] Verdict check_ipv4(std::string_view candidate);
[[nodiscard]] Verdict check_ipv6(std::string_view candidate);  // RFC 4291, with zone and prefix length
[[nodiscard]] Verdict check_mac(std::string_view candidate);
[[nodiscard]] Verdict check_base58(std::string_view candidate);    // Bitcoin: Base58Check, versions 0 and 5
[[nodiscard]] Verdict check_bech32(std::string_view candidate);    // BIP 173 and BIP 350
[[nodiscard]] Verdict check_ethereum(std::string_view candidate);  // EIP-55; unsure where it has one case only
[[nodiscard]] Verdict check_date(std::string_view candidate);      // has a day and a month that exist

// "luhn_card" "iban" "aba_routing" "us_ssn" "us_itin" "ipv4" "ipv6" "mac" "base58check" "bech32" "eth_address" "date";
// null for any other name.
[[nodiscard]] Validator find_general_validator(std::string_view name);

}  // namespace custos::stage
