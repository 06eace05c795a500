// Redaction tags inside a text. Private to tokenize.
#pragma once

#include <string_view>
#include <vector>

#include "document/span.h"

namespace custos::stage {

// Tags told by their shape: [REDACTED-TYPE], and of the types that redact writes in short also [EMAIL-3fa9] (a
// pseudonym or a hash: hex digits) and [CARD-****1234] (the last four). Ascending.
[[nodiscard]] std::vector<document::Span> find_tags(std::string_view text);

}  // namespace custos::stage
