// What is written in the place of a value, and how such text is known again.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "document/span.h"
#include "stage/redact/redactor.h"

namespace custos::stage {

// Letters and digits only, in lower case: equal for "4111-1111…" and "4111 1111…", "A@B.com" and "a@b.com".
[[nodiscard]] std::string normalised_value(std::string_view value);

[[nodiscard]] std::string mask_of(std::string_view type, std::string_view value, const RedactOptions& options);

// Spans of text that looks like a mask already, in any of the forms; a 16-digit hash only where that is the mask in
// use, since a card number could pass for one. Ascending.
[[nodiscard]] std::vector<document::Span> find_masks(std::string_view text, const RedactOptions& options);

}  // namespace custos::stage
