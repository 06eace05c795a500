#include "store/catalog/sqlite_catalog.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
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
  RETURN_IF_ERROR(check_schema(database, mode == Sqlite::Mode::kWrite));
  RETURN_IF_ERROR(database.execute(mode == Sqlite::Mode::kRead ? kReaderSettings : kWriterSettings));
  return std::unique_ptr<SqliteCatalog>(new SqliteCatalog(std::make_unique<Sqlite>(std::move(database))));
}

Status SqliteCatalog::begin() {
  RETURN_IF_ERROR(database().execute("BEGIN IMMEDIATE"));
  in_transaction_ = true;
  ASSIGN_OR_RETURN(last_message_, counter("last_message"));
  ASSIGN_OR_RETURN(last_segment_, counter("last_segment"));
  return {};
}

Status SqliteCatalog::begin_snapshot() {
  in_transaction_ = true;
  RETURN_IF_ERROR(database().execute("BEGIN"));
  return database().execute("SELECT count(*) FROM counter");  // the view is taken by the first read
}

Status SqliteCatalog::commit() {
  RETURN_IF_ERROR(join_threads());
  RETURN_IF_ERROR(write_counters());
  RETURN_IF_ERROR(check_leases());
  RETURN_IF_ERROR(raise_counter("last_message", last_message_));
  RETURN_IF_ERROR(raise_counter("last_segment", last_segment_));
  RETURN_IF_ERROR(database().execute("COMMIT"));
  in_transaction_ = false;
  forget();
  return {};
}

void SqliteCatalog::rollback() {
  // Fails only where SQLite rolled back by itself already.
  if (in_transaction_) static_cast<void>(database().execute("ROLLBACK").ok());
  in_transaction_ = false;
  forget_people();
  forget();
}

Status SqliteCatalog::check_database(std::vector<std::string>& faults) {
  Query integrity = database().query("PRAGMA integrity_check(100)");
  while (true) {
    ASSIGN_OR_RETURN(const bool more, integrity.next());
    if (!more) return {};
    if (integrity.view(0) != "ok") faults.push_back("catalog.sqlite: " + integrity.text(0));
  }
}

Result<int64_t> SqliteCatalog::now_ms() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

const char* SqliteCatalog::lease_check() const {
  return "SELECT 1 FROM lease WHERE name = ? AND owner = ? AND token = ? AND expires > ?";
}

const char* SqliteCatalog::next_task() const {
  return "SELECT t.id FROM task t LEFT JOIN lease l ON l.name = t.lease WHERE t.state = 0 OR (t.state = 1 AND "
         "l.expires <= ?) ORDER BY t.id LIMIT 1";
}

Result<uint32_t> SqliteCatalog::new_pack_id() {
  ASSIGN_OR_RETURN(const int64_t last, database().integer("SELECT coalesce(max(id), 0) FROM pack"));
  last_pack_ = std::max(last_pack_, last) + 1;
  return static_cast<uint32_t>(last_pack_);
}

Result<std::vector<bool>> SqliteCatalog::have_content_keys(std::span<const Digest> content_keys) {
  std::vector<bool> have;
  for (const Digest& key : content_keys) {
    ASSIGN_OR_RETURN(const auto found, find_by_content_key(key));
    have.push_back(found.has_value());
  }
  return have;
}

Result<MessageKey> SqliteCatalog::new_message_key() { return MessageKey{++last_message_}; }

Result<int64_t> SqliteCatalog::new_segment_id() { return ++last_segment_; }

}  // namespace custos::store
