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

class SqliteStatement final : public Statement {
 public:
  SqliteStatement(sqlite3* database, sqlite3_stmt* statement) : database_(database), statement_(statement) {}
  SqliteStatement(const SqliteStatement&) = delete;
  SqliteStatement& operator=(const SqliteStatement&) = delete;
  ~SqliteStatement() override { sqlite3_finalize(statement_); }

  void bind_integer(int at, int64_t value) override { sqlite3_bind_int64(statement_, at, value); }
  void bind_text(int at, std::string_view text) override {
    const char* bytes = text.data() == nullptr ? "" : text.data();  // a null pointer would bind NULL
    sqlite3_bind_text64(statement_, at, bytes, text.size(), SQLITE_STATIC, SQLITE_UTF8);
  }
  void bind_blob(int at, std::string_view bytes) override {
    sqlite3_bind_blob64(statement_, at, bytes.data(), bytes.size(), SQLITE_STATIC);
  }
  Result<bool> step() override {
    const int number = sqlite3_step(statement_);
    if (number == SQLITE_ROW) return true;
    if (number == SQLITE_DONE) return false;
    return sqlite_error(database_);
  }
  void stream() override {}  // rows always come one by one
  void reset() override {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }
  int64_t integer(int column) const override { return sqlite3_column_int64(statement_, column); }
  std::string_view view(int column) const override {
    const void* bytes = sqlite3_column_blob(statement_, column);
    if (bytes == nullptr) return {};
    return {static_cast<const char*>(bytes), static_cast<size_t>(sqlite3_column_bytes(statement_, column))};
  }
  bool is_null(int column) const override { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

 private:
  sqlite3* const database_;
  sqlite3_stmt* const statement_;
};

}  // namespace

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
  statements_.clear();  // before the connection that they are of
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
  std::unique_ptr<Statement>& known = statements_[sql];
  if (known != nullptr) return {known.get(), Status()};
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v3(database_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK) {
    return {nullptr, sqlite_error(database_)};
  }
  known = std::make_unique<SqliteStatement>(database_, statement);
  return {known.get(), Status()};
}

int64_t Sqlite::changes() const { return sqlite3_changes64(database_); }

}  // namespace custos::store
