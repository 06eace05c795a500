// SQLite 3 behind Result. The only file with its header besides sqlite.cc.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace custos::store {

struct Blob {
  std::string_view bytes;
};

// A prepared statement in use; it is reset when this goes. What is bound must live until the next step.
class Query {
 public:
  Query(sqlite3* database, sqlite3_stmt* statement, Status prepared)
      : database_(database), statement_(statement), status_(std::move(prepared)) {}
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;
  ~Query();

  // One value for each "?", in order.
  template <typename... Values>
  Query& bind(const Values&... values) {
    (bind_one(values), ...);
    return *this;
  }
  // True: there is a row to read. False: the end.
  [[nodiscard]] Result<bool> next();
  // For statements without rows. The statement can be bound and run again.
  [[nodiscard]] Status run();

  [[nodiscard]] int64_t integer(int column) const;
  [[nodiscard]] uint64_t count(int column) const { return static_cast<uint64_t>(integer(column)); }
  // Text or blob; valid until the next step.
  [[nodiscard]] std::string_view view(int column) const;
  [[nodiscard]] std::string text(int column) const { return std::string(view(column)); }
  [[nodiscard]] bool is_null(int column) const;

 private:
  template <std::integral Integer>
  void bind_one(Integer value) {
    bind_integer(static_cast<int64_t>(value));
  }
  void bind_one(std::string_view text);
  void bind_one(const std::string& text) { bind_one(std::string_view(text)); }
  void bind_one(const char* text) { bind_one(std::string_view(text)); }
  void bind_one(Blob blob);
  void bind_one(std::nullptr_t) { ++bound_; }  // a statement's parameters are null until bound
  void bind_integer(int64_t value);

  sqlite3* database_;
  sqlite3_stmt* statement_;
  Status status_;
  int bound_ = 0;
  bool is_running_ = false;
};

// One connection, for one thread at a time.
class Sqlite {
 public:
  enum class Mode { kRead, kWrite, kCreate };

  Sqlite() = default;
  Sqlite(Sqlite&& other) noexcept;
  Sqlite& operator=(Sqlite&& other) noexcept;
  ~Sqlite();
  [[nodiscard]] static Result<Sqlite> open(const std::filesystem::path& file, Mode mode);

  // Several statements without parameters.
  [[nodiscard]] Status execute(const char* sql);
  // Prepares it the first time. REQUIRES: `sql` is a literal: it is known by its address.
  [[nodiscard]] Query query(const char* sql);
  // The first column of the first row of a statement without parameters.
  [[nodiscard]] Result<int64_t> integer(const char* sql);
  // The integer key of the row that was inserted last.
  [[nodiscard]] int64_t last_row() const;
  // Rows that the last statement changed.
  [[nodiscard]] int64_t changes() const;

 private:
  sqlite3* database_ = nullptr;
  std::unordered_map<const char*, sqlite3_stmt*> statements_;
};

}  // namespace custos::store
