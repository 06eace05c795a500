// Where a JSON text (RFC 8259) stops being one. Read only after the parser has refused it, which does not say where.
#pragma once

#include <cstddef>
#include <string_view>

namespace custos::stage {

// The byte of the first fault, or text.size() where the text ends too early. Without recursion; `depth_max` open arrays
// and objects.
[[nodiscard]] size_t json_fault_offset(std::string_view text, size_t depth_max);

}  // namespace custos::stage
