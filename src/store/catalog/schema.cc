#include "store/catalog/schema.h"

#include <fmt/format.h>

namespace custos::store {
namespace {

// docs/archive-format.md describes every table. Digests are found by their first 8 bytes: an index of 32-byte keys
// would be four times as large, and equal prefixes are compared whole anyway.
constexpr char kTables[] = R"sql(
CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE counter(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE source(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE file(source INTEGER NOT NULL, file TEXT NOT NULL, size INTEGER NOT NULL, modified_ns INTEGER NOT NULL,
  head_bytes INTEGER NOT NULL, head_hash INTEGER NOT NULL, resume INTEGER NOT NULL, generation INTEGER NOT NULL,
  complete INTEGER NOT NULL, PRIMARY KEY(source, file)) WITHOUT ROWID;
CREATE TABLE path(id INTEGER PRIMARY KEY, source INTEGER NOT NULL, path TEXT NOT NULL, UNIQUE(source, path));
CREATE TABLE reason(id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE pack(id INTEGER PRIMARY KEY, bytes INTEGER NOT NULL);
CREATE TABLE segment(id INTEGER PRIMARY KEY, name TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
  messages INTEGER NOT NULL, chunks INTEGER NOT NULL, vectors INTEGER NOT NULL, bytes INTEGER NOT NULL,
  manifest BLOB NOT NULL);
CREATE TABLE ledger(path INTEGER NOT NULL, generation INTEGER NOT NULL, begin INTEGER NOT NULL, "end" INTEGER NOT NULL,
  status INTEGER NOT NULL, last INTEGER NOT NULL, message INTEGER, reason INTEGER, kind INTEGER, raw BLOB,
  raw_bytes INTEGER, pack INTEGER, block INTEGER, original_begin INTEGER, original_end INTEGER, flags TEXT,
  PRIMARY KEY(path, generation, begin)) WITHOUT ROWID;
CREATE INDEX ledger_raw ON ledger(substr(raw, 1, 8)) WHERE message IS NOT NULL;
CREATE INDEX ledger_duplicate ON ledger(message) WHERE status = 1;
CREATE TABLE message(key INTEGER PRIMARY KEY, id TEXT NOT NULL, content_key BLOB NOT NULL, segment INTEGER NOT NULL,
  row INTEGER NOT NULL, path INTEGER NOT NULL, generation INTEGER NOT NULL, begin INTEGER NOT NULL, date INTEGER,
  date_offset INTEGER, message_id TEXT, message_id_hash INTEGER, in_reply_to TEXT, refs TEXT, subject TEXT NOT NULL);
CREATE UNIQUE INDEX message_by_id ON message(id);
CREATE INDEX message_content ON message(substr(content_key, 1, 8));
CREATE INDEX message_message_id ON message(message_id_hash) WHERE message_id_hash IS NOT NULL;
CREATE TABLE person(id INTEGER PRIMARY KEY, address TEXT NOT NULL UNIQUE, name TEXT NOT NULL);
CREATE TABLE person_name(person INTEGER NOT NULL, name TEXT NOT NULL, PRIMARY KEY(person, name)) WITHOUT ROWID;
CREATE TABLE participants(message INTEGER PRIMARY KEY, people TEXT NOT NULL);
CREATE TABLE message_thread(message INTEGER PRIMARY KEY, thread INTEGER NOT NULL);
CREATE INDEX thread_message ON message_thread(thread);
CREATE TABLE thread_key(key INTEGER PRIMARY KEY, member INTEGER NOT NULL);
CREATE TABLE thread_owner(key INTEGER NOT NULL, message INTEGER NOT NULL, PRIMARY KEY(key, message)) WITHOUT ROWID;
)sql";

// Since format 4.
constexpr char kWorkTables[] = R"sql(
CREATE TABLE lease(name TEXT PRIMARY KEY, owner TEXT NOT NULL, token INTEGER NOT NULL, expires INTEGER NOT NULL)
  WITHOUT ROWID;
CREATE TABLE task(id INTEGER PRIMARY KEY, source INTEGER NOT NULL, files TEXT NOT NULL, digest BLOB NOT NULL,
  bytes INTEGER NOT NULL, state INTEGER NOT NULL, attempts INTEGER NOT NULL, lease TEXT NOT NULL, reason TEXT,
  UNIQUE(source, digest));
CREATE INDEX task_open ON task(id) WHERE state < 2;
CREATE INDEX task_lease ON task(lease);
)sql";
constexpr int64_t kOldestVersion = 3;

}  // namespace

Status create_schema(Sqlite& database) {
  RETURN_IF_ERROR(database.execute("PRAGMA page_size = 4096; PRAGMA journal_mode = WAL;"));
  RETURN_IF_ERROR(database.execute("BEGIN IMMEDIATE"));
  RETURN_IF_ERROR(database.execute(kTables));
  RETURN_IF_ERROR(database.execute(kWorkTables));
  const std::string versions =
      fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}; COMMIT;", kApplicationId, kFormatVersion);
  return database.execute(versions.c_str());
}

namespace {

Status upgrade(Sqlite& database) {
  RETURN_IF_ERROR(database.execute("BEGIN IMMEDIATE"));
  const std::string sql = fmt::format("{} PRAGMA user_version = {};", kWorkTables, kFormatVersion);
  const Status done = database.execute(sql.c_str());
  RETURN_IF_ERROR(database.execute(done.ok() ? "COMMIT" : "ROLLBACK"));
  return done;
}

}  // namespace

Status check_schema(Sqlite& database, bool for_writing) {
  ASSIGN_OR_RETURN(const int64_t application, database.integer("PRAGMA application_id"));
  if (application != kApplicationId) {
    return Error{Code::kCorrupt, "catalog.sqlite is not the catalog of a Custos archive; restore it from a backup"};
  }
  ASSIGN_OR_RETURN(const int64_t version, database.integer("PRAGMA user_version"));
  if (version == kFormatVersion) return {};
  if (version >= kOldestVersion && version < kFormatVersion) return for_writing ? upgrade(database) : Status();
  const char* const advice = version > kFormatVersion ? "use a newer Custos" : "ingest its sources into a new archive";
  return Error{Code::kUnsupported,
               fmt::format("the archive has format {}, this build reads {}: {}", version, kFormatVersion, advice)};
}

}  // namespace custos::store
