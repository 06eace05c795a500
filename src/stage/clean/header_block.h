// A quoted message's header as Outlook, Lotus Notes, Yahoo and others write it: "From: / Sent: / To: / Subject:".
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "stage/clean/line.h"

namespace custos::stage::clean {

inline constexpr size_t kHeaderBlockLinesMax = 200;  // long To and Cc lists are wrapped

struct HeaderBlock {
  size_t first = 0;  // line numbers, both included
  size_t last = 0;
};

// The block whose first labelled line is `at`; Lotus Notes' unlabelled sender and date lines above it are part of it,
// down to line `floor`. `announced`: a separator line stands before it, so fewer fields are enough. REQUIRES:
// lines[at].kind == LineKind::kField, floor <= at.
[[nodiscard]] std::optional<HeaderBlock> header_block_at(std::string_view text, const Lines& lines, size_t at,
                                                         size_t floor, bool announced);

}  // namespace custos::stage::clean
