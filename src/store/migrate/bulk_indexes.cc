#include "store/migrate/bulk_indexes.h"

#include <fmt/format.h>

namespace custos::store {
namespace {

constexpr char kOfSqlite[] = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL";
constexpr char kOfPostgres[] =
    "SELECT convert_to(i.indexname, 'UTF8'), convert_to(i.indexdef, 'UTF8') FROM pg_indexes i WHERE i.schemaname = "
    "current_schema() AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conname = i.indexname AND c.connamespace = "
    "current_schema()::regnamespace)";

}  // namespace

Status BulkIndexes::drop() {
  std::vector<std::string> names;
  {
    Query query = database_.sql.query(database_.is_postgres ? kOfPostgres : kOfSqlite);
    while (true) {
      ASSIGN_OR_RETURN(const bool more, query.next());
      if (!more) break;
      names.push_back(query.text(0));
      made_by_.push_back(query.text(1));
    }
  }
  for (const std::string& name : names) {
    RETURN_IF_ERROR(database_.sql.execute(fmt::format("DROP INDEX {}", name).c_str()));
  }
  return {};
}

Status BulkIndexes::make() {
  for (const std::string& sql : made_by_) RETURN_IF_ERROR(database_.sql.execute(sql.c_str()));
  return {};
}

}  // namespace custos::store
