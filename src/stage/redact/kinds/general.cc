#include "stage/redact/kinds/general.h"

#include <cstdint>
#include <iterator>

namespace custos::stage {
namespace {

std::vector<Recognizer> card_recognizers() {
  const std::vector<std::string> words = {"credit", "card",     "visa",   "mastercard", "amex",  "maestro",
                                          "jcb",    "discover", "diners", "karte",      "carte", "tarjeta",
                                          "carta",  "cartão",   "kaart",  "cc"};
  std::vector<Recognizer> out;
  for (const char* pattern : {R"((?:\d{4}[-. ]?){3}\d{4})", R"(\d{4}[-. ]?\d{6}[-. ]?\d{4,5})", R"(\d{12,19})",
                              R"((?:\d{4}[-. ]){4}\d{3})"}) {
    out.push_back({.type = "CARD", .pattern = pattern, .score = 0.3F, .context = words, .validator = "luhn_card"});
  }
  return out;
}

std::vector<Recognizer> bank_recognizers() {
  return {
      {.type = "IBAN",
       .pattern = R"([A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,3})?)",
       .score = 0.3F,
       .context = {"iban", "bank", "konto", "account"},
       .validator = "iban",
       .ignore_case = true},
      {.type = "ABA_ROUTING_NUMBER",
       .pattern = R"(\d{9}|\d{4}-\d{4}-\d)",
       .score = 0.05F,
       .context = {"aba", "routing", "rtn", "bankrouting", "fedwire"},
       .validator = "aba_routing"},
      {.type = "US_BANK_NUMBER",
       .pattern = R"(\d{8,17})",
       .score = 0.05F,
       .context = {"bank", "account", "account#", "acct", "checking", "savings", "debit", "deposit", "a/c"}},
  };
}

std::vector<Recognizer> us_recognizers() {
  const std::vector<std::string> ssn = {"social", "security", "ssn", "ssns", "ssid", "ssn#", "ss#"};
  const std::vector<std::string> driver = {"driver", "drivers", "driver's", "driving",        "dl",
                                           "dl#",    "dmv",     "lic#",     "license number", "licence number"};
  const std::vector<std::string> passport = {"passport", "travel document", "passport#"};
  return {
      {.type = "SSN", .pattern = R"(\d{3}[-. ]\d{2}[-. ]\d{4})", .score = 0.5F, .context = ssn, .validator = "us_ssn"},
      {.type = "SSN",
       .pattern = R"(\d{9}|\d{3}[- ]\d{6}|\d{5}[- ]\d{4})",
       .score = 0.05F,
       .context = ssn,
       .validator = "us_ssn"},
      {.type = "US_ITIN",
       .pattern = R"(9\d{2}[- ]\d{2}[- ]\d{4})",
       .score = 0.5F,
       .context = {"itin", "individual taxpayer", "tax id", "taxpayer"},
       .validator = "us_itin"},
      {.type = "US_ITIN",
       .pattern = R"(9\d{8}|9\d{2}[- ]\d{6}|9\d{4}[- ]\d{4})",
       .score = 0.05F,
       .context = {"itin", "individual taxpayer", "tax id", "taxpayer"},
       .validator = "us_itin"},
      {.type = "US_PASSPORT", .pattern = R"(\d{9})", .score = 0.05F, .context = passport},
      {.type = "US_PASSPORT", .pattern = R"([A-Z]\d{8})", .score = 0.1F, .context = passport},
      {.type = "US_DRIVER_LICENSE",
       .pattern = R"([A-Z]\d{4,14}|[A-Z]{2}\d{3,7}[A-Z]?|\d{2}[A-Z]{3}\d{5,6}|[A-Z]\d{6}R|[A-Z]\d{18}|\d{7,9}[A-Z]|)"
                  R"(\d{8}[A-Z]{2}|\d{3}[A-Z]{2}\d{4}|[A-Z]\d[A-Z]\d[A-Z]|[A-Z]\d{3}-\d{4}-\d{4}|)"
                  R"([A-Z]\d{2}-\d{2}-\d{4}|[A-Z](?:-?\d{3}){4}|[A-Z]\d{3}-\d{3}-\d{2}-\d{3}-\d)",
       .score = 0.3F,
       .context = driver},
      {.type = "US_DRIVER_LICENSE",
       .pattern = R"(\d{6,14}|\d{16}|\d{4}-\d{2}-\d{4}|\d{3}-\d{3}-\d{3,4}|\d{2}-\d{3}-\d{4})",
       .score = 0.01F,
       .context = driver},
  };
}

std::vector<Recognizer> wallet_recognizers() {
  const std::vector<std::string> words = {"wallet", "btc", "bitcoin", "crypto", "ethereum", "eth", "litecoin"};
  return {
      {.type = "CRYPTO",
       .pattern = "[13LM][1-9A-HJ-NP-Za-km-z]{25,34}",
       .score = 0.5F,
       .context = words,
       .validator = "base58check"},
      {.type = "CRYPTO",
       .pattern = "(?:bc|tb|ltc)1[02-9ac-hj-np-z]{11,87}",
       .score = 0.5F,
       .context = words,
       .validator = "bech32",
       .ignore_case = true},
      {.type = "CRYPTO", .pattern = "0x[0-9a-fA-F]{40}", .score = 0.5F, .context = words, .validator = "eth_address"},
  };
}

void append(std::vector<Recognizer>& out, std::vector<Recognizer> more) {
  out.insert(out.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

}  // namespace

std::vector<Recognizer> account_recognizers() {
  std::vector<Recognizer> out = card_recognizers();
  append(out, us_recognizers());
  append(out, bank_recognizers());
  append(out, wallet_recognizers());
  return out;
}

std::string as_bytes(std::string_view pattern) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  std::string out;
  for (const char byte : pattern) {
    const auto value = static_cast<uint8_t>(byte);
    if (value < 0x80) {
      out += byte;
    } else {
      out += {'\\', 'x', kHex[value >> 4], kHex[value & 15]};
    }
  }
  return out;
}

std::vector<Recognizer> general_recognizers() {
  std::vector<Recognizer> out = account_recognizers();
  append(out, contact_recognizers());
  append(out, secret_recognizers());
  append(out, person_recognizers());
  return out;
}

}  // namespace custos::stage
