// Values that stand in links, written as a form sends them: "?mail=ann%40example.com", "?ssn=536+22+8714".
#pragma once

#include <optional>
#include <string_view>

#include "stage/redact/disguise/folded_text.h"

namespace custos::stage {

// The links of `text` that have such writing, decoded (RFC 3986 section 2.1; '+' as application/x-www-form-urlencoded
// has it, behind a '?'), a line each. Nothing where there are none. Bytes that are no UTF-8 once decoded stay as they
// are. Linear in time and room. REQUIRES: `text` is UTF-8.
[[nodiscard]] std::optional<FoldedText> decode_links(std::string_view text);

}  // namespace custos::stage
