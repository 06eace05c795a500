// The parts of a text in which a pattern with a digit can match.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "document/span.h"

namespace custos::stage {

// How far from a digit a match may reach, at least. A longer match is found when its digits are closer together.
inline constexpr size_t kDigitReach = 48;

// Calls `visit(Span)` for each region, in order; regions do not overlap and begin and end where UTF-8 sequences do.
// Within kDigitReach of each digit, then on to the end of the word (at most 512 bytes).
[[nodiscard]] std::vector<document::Span> digit_regions(std::string_view text);

}  // namespace custos::stage
