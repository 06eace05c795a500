#include "store/catalog/sql_catalog.h"

#include <fmt/format.h>

#include <utility>

namespace custos::store {

Result<std::string> SqlCatalog::meta(std::string_view name) {
  Query query = database_->query("SELECT value FROM meta WHERE name = ?");
  ASSIGN_OR_RETURN(const bool found, query.bind(name).next());
  return found ? query.text(0) : std::string();
}

Status SqlCatalog::set_meta(std::string_view name, std::string_view value) {
  return database_
      ->query("INSERT INTO meta(name, value) VALUES(?, ?) ON CONFLICT(name) DO UPDATE SET value = excluded.value")
      .bind(name, value)
      .run();
}

Result<SourceId> SqlCatalog::register_source(const std::string& name) {
  RETURN_IF_ERROR(database_->query("INSERT INTO source(name) VALUES(?) ON CONFLICT DO NOTHING").bind(name).run());
  Query query = database_->query("SELECT id FROM source WHERE name = ?");
  RETURN_IF_ERROR(query.bind(name).next());
  return SourceId{query.integer(0)};
}

Result<int64_t> SqlCatalog::counter(const char* name) {
  Query query = database_->query("SELECT value FROM counter WHERE name = ?");
  ASSIGN_OR_RETURN(const bool found, query.bind(name).next());
  return found ? query.integer(0) : 0;
}

Status SqlCatalog::write_counters() {
  Query add = database_->query(
      "INSERT INTO counter(name, value) VALUES(?, ?) ON CONFLICT(name) DO UPDATE SET value = counter.value + "
      "excluded.value");
  for (const auto& [name, growth] : growth_) RETURN_IF_ERROR(add.bind(name, growth).run());
  return {};
}

Status SqlCatalog::raise_counter(const char* name, int64_t value) {
  return database_
      ->query(
          "INSERT INTO counter(name, value) VALUES(?, ?) ON CONFLICT(name) DO UPDATE SET value = CASE WHEN "
          "excluded.value > counter.value THEN excluded.value ELSE counter.value END")
      .bind(name, value)
      .run();
}

Status SqlCatalog::join_threads() {
  ASSIGN_OR_RETURN(const int64_t threads, threads_.flush(*thread_table()));
  growth_["threads"] += threads;
  return {};
}

void SqlCatalog::forget() {
  threads_.clear();
  growth_.clear();
  reasons_.clear();
  required_.clear();
  path_id_ = -1;
}

Status SqlCatalog::set_file_progress(SourceId source, const std::string& file, const FileProgress& progress) {
  return database_
      ->query(
          "INSERT INTO file(source, file, size, modified_ns, head_bytes, head_hash, resume, generation, complete) "
          "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(source, file) DO UPDATE SET size = excluded.size, modified_ns "
          "= excluded.modified_ns, head_bytes = excluded.head_bytes, head_hash = excluded.head_hash, resume = "
          "excluded.resume, generation = excluded.generation, complete = excluded.complete")
      .bind(static_cast<int64_t>(source), file, progress.size, progress.modified_ns, progress.head_bytes,
            progress.head_hash, progress.resume, progress.generation, progress.complete ? 1 : 0)
      .run();
}

Result<std::optional<FileProgress>> SqlCatalog::file_progress(SourceId source, const std::string& file) {
  Query query = database_->query(
      "SELECT size, modified_ns, head_bytes, head_hash, resume, generation, complete FROM file WHERE source = ? AND "
      "file = ?");
  ASSIGN_OR_RETURN(const bool found, query.bind(static_cast<int64_t>(source), file).next());
  if (!found) return std::optional<FileProgress>();
  return std::optional(FileProgress{query.count(0), query.integer(1), query.count(2), query.count(3), query.count(4),
                                    query.count(5), query.integer(6) != 0});
}

Status SqlCatalog::set_pack(const PackRow& row) {
  return database_
      ->query("INSERT INTO pack(id, bytes) VALUES(?, ?) ON CONFLICT(id) DO UPDATE SET bytes = excluded.bytes")
      .bind(row.id, row.bytes)
      .run();
}

Result<std::vector<PackRow>> SqlCatalog::packs() {
  std::vector<PackRow> rows;
  Query query = database_->query("SELECT id, bytes FROM pack ORDER BY id");
  while (true) {
    ASSIGN_OR_RETURN(const bool more, query.next());
    if (!more) return rows;
    rows.push_back({static_cast<uint32_t>(query.integer(0)), query.count(1)});
  }
}

Result<std::string> SqlCatalog::source_name(SourceId source) {
  Query query = database_->query("SELECT name FROM source WHERE id = ?");
  ASSIGN_OR_RETURN(const bool found, query.bind(static_cast<int64_t>(source)).next());
  if (!found) return Error{Code::kNotFound, fmt::format("no source {}", static_cast<int64_t>(source))};
  return query.text(0);
}

}  // namespace custos::store
