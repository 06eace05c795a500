// What follows "Dear" and is not a name.
#pragma once

#include <string_view>

#include "stage/redact/recognizer.h"

namespace custos::stage {

// Refutes "All", "Sir", "Team", "Colleagues" and their like in several languages.
[[nodiscard]] Verdict check_salutation_name(std::string_view candidate);

}  // namespace custos::stage
