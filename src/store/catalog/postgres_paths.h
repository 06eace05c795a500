// The numbers of many paths, in one question.
#pragma once

#include <cstdint>
#include <map>
#include <string_view>
#include <utility>

#include "store/catalog/postgres_sql.h"

namespace custos::store {

// By source and path; 0: it has none.
using PathNumbers = std::map<std::pair<int64_t, std::string_view>, int64_t>;

// Sets the numbers of those that have one.
[[nodiscard]] Status find_paths(PostgresSql& database, PathNumbers& paths);
// The same; those that had none get theirs.
[[nodiscard]] Status find_or_add_paths(PostgresSql& database, PathNumbers& paths);

}  // namespace custos::store
