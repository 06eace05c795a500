// The tables of catalog.sqlite, and the version of the archive's format.
#pragma once

#include "base/result.h"
#include "store/catalog/sqlite.h"

namespace custos::store {

inline constexpr int64_t kFormatVersion = 4;           // PRAGMA user_version
inline constexpr int64_t kApplicationId = 0x43555354;  // PRAGMA application_id: "CUST"

// REQUIRES: an empty database.
[[nodiscard]] Status create_schema(Sqlite& database);
// kUnsupported where a version with another format made it, kCorrupt where it is no catalog. What an older version
// lacks is made where `for_writing`; to read it is not needed.
[[nodiscard]] Status check_schema(Sqlite& database, bool for_writing);

}  // namespace custos::store
