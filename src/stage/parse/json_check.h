// Where a JSON text (RFC 8259) stops being one. Read only after simdjson has refused it: simdjson says why, not where.
#pragma once

#include <cstddef>
#include <string_view>

namespace custos::stage {

// The byte of the first fault, or text.size() where the text ends too early. Without recursion; `depth_max` open arrays
// and objects.
[[nodiscard]] size_t json_fault_offset(std::string_view text, size_t depth_max);

}  // namespace custos::stage
