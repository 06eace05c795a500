#include "store/catalog/sqlite.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <utility>

namespace custos::store {
namespace {

Code code_of(int number) {
  switch (number & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Code::kConflict;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Code::kCorrupt;
    case SQLITE_TOOBIG:
      return Code::kLimit;
    default:
      return Code::kIo;
  }
}

Error sqlite_error(sqlite3* database) {
  const char* file = database == nullptr ? nullptr : sqlite3_db_filename(database, "main");
  const int number = database == nullptr ? SQLITE_NOMEM : sqlite3_extended_errcode(database);
  const char* message = database == nullptr ? "out of memory" : sqlite3_errmsg(database);
  return {code_of(number), fmt::format("database {}: {} (SQLite {})", file == nullptr ? "?" : file, message, number)};
}

constexpr int kBusyTimeoutMs = 10'000;

// SQLite counts its memory for nobody here, under a lock at each allocation. Has to be said before its first use.
void stop_counting_memory() {
  static const int ignored = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  static_cast<void>(ignored);
}

}  // namespace

Query::~Query() {
  if (is_running_) sqlite3_reset(statement_);
  if (bound_ > 0) sqlite3_clear_bindings(statement_);
}

Result<bool> Query::next() {
  RETURN_IF_ERROR(status_);
  is_running_ = true;
  const int number = sqlite3_step(statement_);
  if (number == SQLITE_ROW) return true;
  if (number == SQLITE_DONE) return false;
  status_ = sqlite_error(database_);
  return status_.error();
}

Status Query::run() {
  ASSIGN_OR_RETURN(const bool row, next());
  static_cast<void>(row);
  sqlite3_reset(statement_);
  is_running_ = false;
  sqlite3_clear_bindings(statement_);
  bound_ = 0;
  return {};
}

int64_t Query::integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::string_view Query::view(int column) const {
  const void* bytes = sqlite3_column_blob(statement_, column);
  if (bytes == nullptr) return {};
  return {static_cast<const char*>(bytes), static_cast<size_t>(sqlite3_column_bytes(statement_, column))};
}

bool Query::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

void Query::bind_integer(int64_t value) { sqlite3_bind_int64(statement_, ++bound_, value); }

void Query::bind_one(std::string_view text) {
  const char* bytes = text.data() == nullptr ? "" : text.data();  // a null pointer would bind NULL
  sqlite3_bind_text64(statement_, ++bound_, bytes, text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

void Query::bind_one(Blob blob) {
  sqlite3_bind_blob64(statement_, ++bound_, blob.bytes.data(), blob.bytes.size(), SQLITE_STATIC);
}

Sqlite::Sqlite(Sqlite&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)), statements_(std::move(other.statements_)) {
  other.statements_.clear();
}

Sqlite& Sqlite::operator=(Sqlite&& other) noexcept {
  std::swap(database_, other.database_);
  std::swap(statements_, other.statements_);
  return *this;
}

Sqlite::~Sqlite() {
  for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close(database_);
}

Result<Sqlite> Sqlite::open(const std::filesystem::path& file, Mode mode) {
  stop_counting_memory();
  Sqlite connection;
  // A reader opens for writing too where it may: after a crash somebody has to replay the write-ahead log.
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  if (mode == Mode::kCreate) flags |= SQLITE_OPEN_CREATE;
  int number = sqlite3_open_v2(file.c_str(), &connection.database_, flags, nullptr);
  if (number != SQLITE_OK && mode == Mode::kRead) {
    sqlite3_close(std::exchange(connection.database_, nullptr));
    number = sqlite3_open_v2(file.c_str(), &connection.database_,
                             SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  }
  if (number != SQLITE_OK) return sqlite_error(connection.database_);
  sqlite3_busy_timeout(connection.database_, kBusyTimeoutMs);
  return connection;
}

Status Sqlite::execute(const char* sql) {
  if (sqlite3_exec(database_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) return sqlite_error(database_);
  return {};
}

Query Sqlite::query(const char* sql) {
  sqlite3_stmt*& statement = statements_[sql];
  Status prepared;
  if (statement == nullptr &&
      sqlite3_prepare_v3(database_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK) {
    prepared = sqlite_error(database_);
  }
  return {database_, statement, std::move(prepared)};
}

Result<int64_t> Sqlite::integer(const char* sql) {
  Query question = query(sql);
  ASSIGN_OR_RETURN(const bool row, question.next());
  return row ? question.integer(0) : 0;
}

int64_t Sqlite::last_row() const { return sqlite3_last_insert_rowid(database_); }

int64_t Sqlite::changes() const { return sqlite3_changes64(database_); }

}  // namespace custos::store
