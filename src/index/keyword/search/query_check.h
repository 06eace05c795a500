// Refuses queries that no segment could answer. Private to search.
#pragma once

#include "base/result.h"
#include "index/keyword/search/plan.h"

namespace custos::index {

// kLimit: too large, too deep. kInvalidArgument: a node that does not hold together, rows that are not the segments'.
[[nodiscard]] Status check_query(const Query& query, const Segments& segments);

}  // namespace custos::index
