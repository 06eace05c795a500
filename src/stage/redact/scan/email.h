// E-mail addresses (RFC 5321, RFC 6531) as people write them in text.
#pragma once

#include <string_view>
#include <vector>

#include "document/span.h"

namespace custos::stage {

// Grows outwards from each '@': a local part of at most 64 bytes, a domain with a dot and a top level of letters, or an
// address literal in brackets. Ascending, not overlapping.
[[nodiscard]] std::vector<document::Span> find_emails(std::string_view text);

}  // namespace custos::stage
