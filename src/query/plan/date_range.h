// Days, months and years as ranges of time.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace custos::query {

// Unix seconds, UTC, half-open.
struct DateRange {
  int64_t begin = 0;
  int64_t end = 0;
};

// "2001", "2001-05" or "2001-05-14"; nothing else, and no day that is not in the calendar.
[[nodiscard]] std::optional<DateRange> read_date_range(std::string_view text);

}  // namespace custos::query
