// Dates as mail writes them: RFC 5322 section 3.3 with its obsolete forms, RFC 3339, asctime, and what else is met.
#pragma once

#include <optional>
#include <string_view>

#include "document/message.h"

namespace custos::stage {

struct ReadDate {
  document::Timestamp timestamp;
  bool standard = false;  // RFC 5322, a zone's name of RFC 822 included, or RFC 3339
};

// Nothing where no day, month and year can be told. Two-digit years as RFC 5322 section 4.3: 00-49 are 2000 to 2049. A
// missing time is midnight, a missing or unknown zone UTC. 3/4/05 is read as month/day, 3.4.05 as day.month.
[[nodiscard]] std::optional<ReadDate> read_date(std::string_view text);

}  // namespace custos::stage
