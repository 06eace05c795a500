// The tables behind find_validator: which name stands for which check.
#pragma once

#include <span>
#include <string_view>

#include "stage/redact/recognizer.h"

namespace custos::stage {

struct NamedValidator {
  std::string_view name;  // the country's code and the number's own name: "nl_bsn"
  Validator check;
};

// Each documents, beside the check, the authority that defines the number.
[[nodiscard]] std::span<const NamedValidator> german_validators();
[[nodiscard]] std::span<const NamedValidator> european_validators();
[[nodiscard]] std::span<const NamedValidator> asian_validators();
[[nodiscard]] std::span<const NamedValidator> american_validators();

}  // namespace custos::stage
