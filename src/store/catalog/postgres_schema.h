// The tables of a catalog in PostgreSQL: one schema for each archive.
#pragma once

#include "base/result.h"
#include "client/postgres.h"

namespace custos::store {

// Makes what is missing, one version after the other, each in a transaction; programs that start together wait for each
// other. REQUIRES: `schema` is options.schema of the connection. kConflict where `must_be_new` and tables are there.
[[nodiscard]] Status migrate_postgres(client::Postgres& postgres, const std::string& schema, bool must_be_new);
// False: an older version made it. kNotFound where there is no catalog, kUnsupported where a newer version made it.
[[nodiscard]] Result<bool> check_postgres(client::Postgres& postgres, const std::string& schema);

}  // namespace custos::store
