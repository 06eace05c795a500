#include "store/catalog/postgres_paths.h"

#include <vector>

#include "client/postgres.h"

namespace custos::store {
namespace {

constexpr char kAddPaths[] =
    "INSERT INTO path(source, path) SELECT * FROM unnest(?::bigint[], ?::bytea[]) ON CONFLICT DO NOTHING";
// By the hash, as the unique index has it: with the path itself the planner may read all paths of the source.
constexpr char kPaths[] =
    "SELECT w.number, p.id FROM unnest(?::bigint[], ?::bytea[]) WITH ORDINALITY AS w(source, path, number) "
    "JOIN path p ON p.source = w.source AND sha256(p.path) = sha256(w.path)";

Status look_up(PostgresSql& database, PathNumbers& paths, bool add) {
  client::PostgresIntegers sources;
  client::PostgresTexts names;
  std::vector<int64_t*> order;
  for (auto& [name, number] : paths) {
    sources.add(name.first);
    names.add(name.second);
    order.push_back(&number);
  }
  if (add) RETURN_IF_ERROR(database.query(kAddPaths).bind(Blob{sources.bytes()}, Blob{names.bytes()}).run());
  Query query = database.query(kPaths);
  query.bind(Blob{sources.bytes()}, Blob{names.bytes()});
  while (true) {
    ASSIGN_OR_RETURN(const bool more, query.next());
    if (!more) return {};
    *order[static_cast<size_t>(query.integer(0) - 1)] = query.integer(1);
  }
}

}  // namespace

Status find_paths(PostgresSql& database, PathNumbers& paths) { return look_up(database, paths, false); }

Status find_or_add_paths(PostgresSql& database, PathNumbers& paths) { return look_up(database, paths, true); }

}  // namespace custos::store
