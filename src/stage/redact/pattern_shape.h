// What can be told of a regular expression by reading it.
#pragma once

#include <string_view>

namespace custos::stage {

// Whether every match has an ASCII digit in it. False where that is not plain to see.
[[nodiscard]] bool always_has_digit(std::string_view pattern);

}  // namespace custos::stage
