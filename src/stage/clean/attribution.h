// The line or lines with which a client introduces a quote: "On Mon, 3 Jun 2024 at 10:05, Ada <ada@example.org>
// wrote:".
#pragma once

#include <cstdint>
#include <string_view>

#include "stage/clean/line.h"

namespace custos::stage::clean {

inline constexpr size_t kAttributionLinesMax = 4;
inline constexpr size_t kAttributionBytesMax = 600;

// How sure it is. Only a strong one may take away text that no mark shows to be a quote.
enum class Strength : uint8_t {
  kNone,
  kWeak,    // "you wrote:": only where marked lines follow
  kMedium,  // a date, or an address without a verb: likewise
  kStrong,  // verb and address, or verb and date and time
};

struct Attribution {
  size_t first = 0;  // line numbers, both included
  size_t last = 0;
  Strength strength = Strength::kNone;
};

// The shortest attribution that ends with line `last`. REQUIRES: last < lines.size().
[[nodiscard]] Attribution attribution_ending_at(std::string_view text, const Lines& lines, size_t last);

// How sure it is that the joined lines are an attribution.
[[nodiscard]] Strength attribution_strength(std::string_view joined);

}  // namespace custos::stage::clean
