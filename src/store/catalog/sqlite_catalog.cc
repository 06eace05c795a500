#include "store/catalog/sqlite_catalog.h"

#include <fmt/format.h>

#include <system_error>
#include <utility>

#include "store/catalog/schema.h"

namespace custos::store {
namespace {

// 16 MiB of pages for the writer, 8 for a reader. No mmap: its pages would count as ours, and grow with the archive.
constexpr char kWriterSettings[] =
    "PRAGMA synchronous = FULL; PRAGMA cache_size = -16384; PRAGMA mmap_size = 0; PRAGMA wal_autocheckpoint = 4000;"
    "PRAGMA journal_size_limit = 67108864; PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = OFF;";
constexpr char kReaderSettings[] = "PRAGMA query_only = ON; PRAGMA cache_size = -8192; PRAGMA mmap_size = 0;";

}  // namespace

Status SqliteCatalog::create(const std::filesystem::path& file) {
  std::error_code failure;
  if (std::filesystem::exists(file, failure)) return Error{Code::kConflict, file.string() + " exists already"};
  ASSIGN_OR_RETURN(Sqlite database, Sqlite::open(file, Sqlite::Mode::kCreate));
  return create_schema(database);
}

Result<std::unique_ptr<SqliteCatalog>> SqliteCatalog::open(const std::filesystem::path& file, Sqlite::Mode mode) {
  ASSIGN_OR_RETURN(Sqlite database, Sqlite::open(file, mode));
  RETURN_IF_ERROR(check_schema(database));
  RETURN_IF_ERROR(database.execute(mode == Sqlite::Mode::kRead ? kReaderSettings : kWriterSettings));
  return std::unique_ptr<SqliteCatalog>(new SqliteCatalog(std::move(database)));
}

Result<std::string> SqliteCatalog::meta(std::string_view name) {
  Query query = database_.query("SELECT value FROM meta WHERE name = ?");
  ASSIGN_OR_RETURN(const bool found, query.bind(name).next());
  return found ? query.text(0) : std::string();
}

Status SqliteCatalog::set_meta(std::string_view name, std::string_view value) {
  return database_.query("INSERT OR REPLACE INTO meta(name, value) VALUES(?, ?)").bind(name, value).run();
}

Result<SourceId> SqliteCatalog::register_source(const std::string& name) {
  RETURN_IF_ERROR(database_.query("INSERT OR IGNORE INTO source(name) VALUES(?)").bind(name).run());
  Query query = database_.query("SELECT id FROM source WHERE name = ?");
  RETURN_IF_ERROR(query.bind(name).next());
  return SourceId{query.integer(0)};
}

Result<int64_t> SqliteCatalog::counter(const char* name) {
  Query query = database_.query("SELECT value FROM counter WHERE name = ?");
  ASSIGN_OR_RETURN(const bool found, query.bind(name).next());
  return found ? query.integer(0) : 0;
}

Status SqliteCatalog::begin() {
  RETURN_IF_ERROR(database_.execute("BEGIN IMMEDIATE"));
  in_transaction_ = true;
  ASSIGN_OR_RETURN(last_message_, counter("last_message"));
  ASSIGN_OR_RETURN(last_segment_, counter("last_segment"));
  return {};
}

Status SqliteCatalog::begin_snapshot() {
  in_transaction_ = true;
  RETURN_IF_ERROR(database_.execute("BEGIN"));
  return database_.execute("SELECT count(*) FROM counter");  // the view is taken by the first read
}

Status SqliteCatalog::write_counters() {
  Query add = database_.query(
      "INSERT INTO counter(name, value) VALUES(?1, ?2) ON CONFLICT(name) DO UPDATE SET value = value + ?2");
  for (const auto& [name, growth] : growth_) RETURN_IF_ERROR(add.bind(name, growth).run());
  Query set = database_.query("INSERT OR REPLACE INTO counter(name, value) VALUES(?, ?)");
  RETURN_IF_ERROR(set.bind("last_message", last_message_).run());
  return set.bind("last_segment", last_segment_).run();
}

Status SqliteCatalog::join_threads() {
  ASSIGN_OR_RETURN(const int64_t threads, threads_.flush(database_));
  growth_["threads"] += threads;
  return {};
}

Status SqliteCatalog::commit() {
  RETURN_IF_ERROR(join_threads());
  RETURN_IF_ERROR(write_counters());
  RETURN_IF_ERROR(database_.execute("COMMIT"));
  in_transaction_ = false;
  forget();
  return {};
}

void SqliteCatalog::rollback() {
  // Fails only where SQLite rolled back by itself already.
  if (in_transaction_) static_cast<void>(database_.execute("ROLLBACK").ok());
  in_transaction_ = false;
  people_.forget();
  forget();
}

void SqliteCatalog::forget() {
  threads_.clear();
  growth_.clear();
  reasons_.clear();
  path_id_ = -1;
}

Result<MessageKey> SqliteCatalog::new_message_key() { return MessageKey{++last_message_}; }

Result<int64_t> SqliteCatalog::new_segment_id() { return ++last_segment_; }

Status SqliteCatalog::set_file_progress(SourceId source, const std::string& file, const FileProgress& progress) {
  return database_
      .query(
          "INSERT OR REPLACE INTO file(source, file, size, modified_ns, head_bytes, head_hash, resume, generation, "
          "complete) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .bind(static_cast<int64_t>(source), file, progress.size, progress.modified_ns, progress.head_bytes,
            progress.head_hash, progress.resume, progress.generation, progress.complete ? 1 : 0)
      .run();
}

Result<std::optional<FileProgress>> SqliteCatalog::file_progress(SourceId source, const std::string& file) {
  Query query = database_.query(
      "SELECT size, modified_ns, head_bytes, head_hash, resume, generation, complete FROM file WHERE source = ? AND "
      "file = ?");
  ASSIGN_OR_RETURN(const bool found, query.bind(static_cast<int64_t>(source), file).next());
  if (!found) return std::optional<FileProgress>();
  return std::optional(FileProgress{query.count(0), query.integer(1), query.count(2), query.count(3), query.count(4),
                                    query.count(5), query.integer(6) != 0});
}

Status SqliteCatalog::set_pack(const PackRow& row) {
  return database_.query("INSERT OR REPLACE INTO pack(id, bytes) VALUES(?, ?)").bind(row.id, row.bytes).run();
}

Result<std::vector<PackRow>> SqliteCatalog::packs() {
  std::vector<PackRow> rows;
  Query query = database_.query("SELECT id, bytes FROM pack ORDER BY id");
  while (true) {
    ASSIGN_OR_RETURN(const bool more, query.next());
    if (!more) return rows;
    rows.push_back({static_cast<uint32_t>(query.integer(0)), query.count(1)});
  }
}

Result<std::string> SqliteCatalog::source_name(SourceId source) {
  Query query = database_.query("SELECT name FROM source WHERE id = ?");
  ASSIGN_OR_RETURN(const bool found, query.bind(static_cast<int64_t>(source)).next());
  if (!found) return Error{Code::kNotFound, fmt::format("no source {}", static_cast<int64_t>(source))};
  return query.text(0);
}

}  // namespace custos::store
