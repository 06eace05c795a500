// The families that general_recognizers() puts together.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "stage/redact/recognizer.h"

namespace custos::stage {

[[nodiscard]] std::vector<Recognizer> account_recognizers();  // cards, bank accounts, wallets, US identifiers
[[nodiscard]] std::vector<Recognizer> contact_recognizers();  // telephones, network addresses
[[nodiscard]] std::vector<Recognizer> secret_recognizers();   // keys, tokens, passwords
[[nodiscard]] std::vector<Recognizer>
person_recognizers();  // dates of birth, names behind a cue: only in Profile::kFull

// `pattern` with each byte above 0x7F as "\xNN": it then reads bytes, which Hyperscan compiles ten times faster than
// characters. Case is ignored in ASCII only, and a class must not hold such characters.
[[nodiscard]] std::string as_bytes(std::string_view pattern);

// Types of person_recognizers().
[[nodiscard]] bool is_full_profile_type(std::string_view type);

}  // namespace custos::stage
