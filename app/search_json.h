// A line of `custos search --json` (docs/interfaces.md).
#pragma once

#include <string>
#include <string_view>

#include "query/search.h"

namespace custos::app {

// `id`: JSON of the query's id, or "null".
[[nodiscard]] std::string search_json(std::string_view id, const query::SearchRequest& request,
                                      const query::SearchAnswer& answer);
// The same fields with an error and no results, so that a batch goes on.
[[nodiscard]] std::string search_error_json(std::string_view id, const query::SearchRequest& request,
                                            std::string_view message);

[[nodiscard]] std::string_view mode_name(query::Mode mode);

}  // namespace custos::app
