// The Content-Length field of mboxcl and mboxcl2.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace custos::source {

// Of the header block that `message` begins with. Nothing where it has none, or one that is not a number.
[[nodiscard]] std::optional<uint64_t> content_length(std::string_view message);

}  // namespace custos::source
