#include "store/migrate/catalog_copy.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

#include "store/migrate/bulk_indexes.h"
#include "store/publication.h"

namespace custos::store {
namespace {

constexpr uint64_t kTellEvery = 4096;
constexpr auto kBlockKeys = static_cast<int64_t>(kPublicationMessagesMax);

std::unique_ptr<RowWriter> writer_for(CatalogDatabase database) {
  if (database.is_postgres) return std::make_unique<PostgresRowWriter>(database.sql);
  return std::make_unique<SqliteRowWriter>(database.sql);
}

}  // namespace

// A catalog of format 3 has no tasks.
Status CatalogCopy::drop_missing() {
  if (from_.is_postgres) return {};
  ASSIGN_OR_RETURN(const int64_t has_tasks,
                   from_.sql.integer("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'task'"));
  if (has_tasks == 0) std::erase_if(tables_, [](const Table& table) { return std::string_view(table.name) == "task"; });
  return {};
}

Status CatalogCopy::count_rows() {
  for (const Table& table : tables_) {
    ASSIGN_OR_RETURN(const int64_t rows, from_.sql.integer(keep(fmt::format("SELECT count(*) FROM {}", table.name))));
    rows_.push_back(rows);
    total_ += static_cast<uint64_t>(rows);
  }
  return {};
}

Status CatalogCopy::copy(size_t at, RowWriter& writer) {
  const Table& table = tables_[at];
  RETURN_IF_ERROR(writer.begin_table(table));
  Query query = from_.sql.query(
      keep(fmt::format("SELECT {} FROM {} ORDER BY {}", column_list(table, true), table.name, table.order)));
  query.stream();
  while (true) {
    ASSIGN_OR_RETURN(const bool more, query.next());
    if (!more) break;
    RETURN_IF_ERROR(writer.add(query));
    if (++done_ % kTellEvery == 0) RETURN_IF_ERROR(observe_(table.name, done_, total_));
  }
  RETURN_IF_ERROR(writer.end_table());
  return observe_(table.name, done_, total_);
}

Status CatalogCopy::check_rows() {
  for (size_t at = 0; at < tables_.size(); ++at) {
    const char* const name = tables_[at].name;
    ASSIGN_OR_RETURN(const int64_t rows, to_.sql.integer(keep(fmt::format("SELECT count(*) FROM {}", name))));
    if (rows == rows_[at]) continue;
    return Error{Code::kCorrupt,
                 fmt::format("the copy of the table {} has {} rows of {}: run it again", name, rows, rows_[at])};
  }
  return {};
}

Result<CatalogCopy::Given> CatalogCopy::given() {
  Given given;
  const auto raise = [&](int64_t& number, const char* sql) -> Status {
    ASSIGN_OR_RETURN(const int64_t value, from_.sql.integer(sql));
    number = std::max(number, value);
    return {};
  };
  RETURN_IF_ERROR(raise(given.key, "SELECT coalesce(max(key), 0) FROM message"));
  RETURN_IF_ERROR(raise(given.key, "SELECT coalesce(max(value), 0) FROM counter WHERE name = 'last_message'"));
  RETURN_IF_ERROR(raise(given.segment, "SELECT coalesce(max(id), 0) FROM segment"));
  RETURN_IF_ERROR(raise(given.segment, "SELECT coalesce(max(value), 0) FROM counter WHERE name = 'last_segment'"));
  RETURN_IF_ERROR(raise(given.pack, "SELECT coalesce(max(id), 0) FROM pack"));
  if (!from_.is_postgres) return given;
  int64_t block = 0;
  RETURN_IF_ERROR(raise(block, "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM key_block"));
  given.key = std::max(given.key, block * kBlockKeys);
  RETURN_IF_ERROR(raise(given.segment, "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM segment_number"));
  RETURN_IF_ERROR(raise(given.pack, "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM pack_number"));
  return given;
}

Status CatalogCopy::give_on_postgres(const Given& given) {
  const std::pair<const char*, int64_t> sequences[] = {
      {"key_block", (given.key + kBlockKeys - 1) / kBlockKeys},  // a block is not shared with what was given before
      {"segment_number", given.segment},
      {"pack_number", given.pack}};
  for (const auto& [name, last] : sequences) {
    if (last == 0) continue;
    ASSIGN_OR_RETURN(const int64_t set, to_.sql.integer(keep(fmt::format("SELECT setval('{}', {})", name, last))));
    static_cast<void>(set);
  }
  for (const char* table : {"source", "path", "reason", "person", "task"}) {
    const char* const sql = keep(fmt::format(
        "SELECT setval(pg_get_serial_sequence('{0}', 'id'), max(id)) FROM {0} HAVING max(id) IS NOT NULL", table));
    ASSIGN_OR_RETURN(const int64_t set, to_.sql.integer(sql));
    static_cast<void>(set);
  }
  return {};
}

// In SQLite `last_segment` stays, since it counts commits: beyond it nothing was committed.
Status CatalogCopy::give_on(const Given& given) {
  if (to_.is_postgres) return give_on_postgres(given);
  if (given.key == 0) return {};
  return to_.sql
      .query(
          "INSERT INTO counter(name, value) VALUES('last_message', ?) ON CONFLICT(name) DO UPDATE SET value = "
          "excluded.value")
      .bind(given.key)
      .run();
}

Status CatalogCopy::run() {
  RETURN_IF_ERROR(drop_missing());
  RETURN_IF_ERROR(count_rows());
  BulkIndexes indexes(to_);
  RETURN_IF_ERROR(indexes.drop());
  const std::unique_ptr<RowWriter> writer = writer_for(to_);
  for (size_t at = 0; at < tables_.size(); ++at) RETURN_IF_ERROR(copy(at, *writer));
  RETURN_IF_ERROR(observe_("indexes", done_, total_));
  RETURN_IF_ERROR(indexes.make());
  RETURN_IF_ERROR(check_rows());
  ASSIGN_OR_RETURN(const Given numbers, given());
  return give_on(numbers);
}

}  // namespace custos::store
