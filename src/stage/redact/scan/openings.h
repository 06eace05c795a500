// What the matches of a pattern begin with, so that it is only tried where one of these stands.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "stage/redact/scan/pattern_syntax.h"

namespace custos::stage {

inline constexpr size_t kOpeningBytesLeast = 3;
inline constexpr size_t kOpeningBytesMost = 16;
inline constexpr size_t kOpeningsMax = 64;

// Every match begins with one of them, case aside: "(?:https?|git)://…" with "http" and "git://". In lower case, each
// once. None where a match may begin with less than kOpeningBytesLeast known bytes, or in more than kOpeningsMax ways.
[[nodiscard]] std::vector<std::string> openings_of(const PatternNode& root);

}  // namespace custos::stage
