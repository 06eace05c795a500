// PostgreSQL 15 and later over libpq: one connection behind Result.
//
// Texts go and come as bytes (BYTEA): mail has zero bytes and broken UTF-8, which TEXT refuses, and their order is that
// of the bytes. Integers are 64 bits wide. A password is never part of a message to people.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace custos::client {

struct PostgresOptions {
  // "postgresql://user@host:port/database" or "host=… dbname=…". The password comes from PGPASSWORD, ~/.pgpass or a
  // service file, as libpq looks for it; one in here is refused, since it would be in lists of processes and in logs.
  // TLS by parameters: "?sslmode=verify-full&sslrootcert=FILE"; without them libpq goes unencrypted to who wants that.
  std::string url;
  std::string schema;  // looked in, and nowhere else; empty: the server's default
  uint32_t connect_seconds = 10;
  uint32_t lock_seconds = 300;         // waits for others' locks, at most
  uint32_t statement_seconds = 3'600;  // one statement, its waits included
  std::string application = "custos";
};

// A column of many rows as one parameter: "unnest($1::bigint[])".
class PostgresIntegers {
 public:
  PostgresIntegers();
  void add(int64_t value);
  void add_null();
  [[nodiscard]] std::string_view bytes();  // valid until the next add

 private:
  std::string bytes_;
  uint32_t count_ = 0;
  bool has_null_ = false;
};

// "unnest($1::bytea[])".
class PostgresTexts {
 public:
  PostgresTexts();
  void add(std::string_view text);
  void add_null();
  [[nodiscard]] std::string_view bytes();

 private:
  std::string bytes_;
  uint32_t count_ = 0;
  bool has_null_ = false;
};

// Parameters of one run. What is bound must live until then.
class PostgresParameters {
 public:
  void set(int at, int64_t value);  // `at` counts from 1; those that are not set are null
  void set(int at, std::string_view bytes);
  void clear();
  void resize(int count) { values_.resize(static_cast<size_t>(count)); }  // as many as the statement has
  [[nodiscard]] int count() const { return static_cast<int>(values_.size()); }

 private:
  friend class Postgres;
  struct Value {
    bool is_set = false;
    bool is_integer = false;
    std::string_view bytes;
    char integer[8] = {};  // big-endian
  };
  Value& at(int position);
  std::vector<Value> values_;
};

// What one statement gave; its bytes are valid as long as it lives.
class PostgresRows {
 public:
  PostgresRows() = default;
  PostgresRows(PostgresRows&& other) noexcept;
  PostgresRows& operator=(PostgresRows&& other) noexcept;
  ~PostgresRows();

  [[nodiscard]] int size() const;
  [[nodiscard]] int64_t integer(int row, int column) const;  // int2, int4, int8 or bool; 0 for null
  [[nodiscard]] std::string_view view(int row, int column) const;
  [[nodiscard]] bool is_null(int row, int column) const;
  [[nodiscard]] int64_t changes() const;

 private:
  friend class Postgres;
  explicit PostgresRows(void* result) : result_(result) {}
  void* result_ = nullptr;
};

// For one thread at a time. After kIo the connection is of no more use: connect anew.
class Postgres {
 public:
  // kIo names host, port and database, and what to do; kInvalidArgument where `url` is none, or has a password.
  [[nodiscard]] static Result<std::unique_ptr<Postgres>> connect(const PostgresOptions& options);
  ~Postgres();
  Postgres(const Postgres&) = delete;
  Postgres& operator=(const Postgres&) = delete;

  // Several statements without parameters.
  [[nodiscard]] Status execute(const std::string& sql);
  // Makes `sql`, with $1, $2 …, known as `name`. Types of parameters follow from how they are used.
  [[nodiscard]] Status prepare(const std::string& name, const std::string& sql);
  [[nodiscard]] Result<PostgresRows> run(const std::string& name, const PostgresParameters& parameters);
  // Rows one by one: start, then next_row until it gives none. Nothing else may be asked between.
  [[nodiscard]] Status start(const std::string& name, const PostgresParameters& parameters);
  [[nodiscard]] Result<PostgresRows> next_row();
  // Ends a start() whose rows are no longer wanted.
  void stop_rows();

  [[nodiscard]] const std::string& place() const { return place_; }  // "database d of host:port"

 private:
  explicit Postgres(void* connection) : connection_(connection) {}
  [[nodiscard]] Error error_of(const void* result) const;
  [[nodiscard]] Error connection_error() const;

  void* connection_;
  std::string place_;
  bool is_streaming_ = false;
};

}  // namespace custos::client
