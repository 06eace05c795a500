// A database that speaks SQL, behind Result. The catalog's statements are written once, in what SQLite and PostgreSQL
// have in common; texts are bytes in both, and their order is that of the bytes.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace custos::store {

struct Blob {
  std::string_view bytes;
};

// Prepared, and kept by its connection. What is bound must live until the next step.
class Statement {
 public:
  virtual ~Statement() = default;
  // `at` counts from 1. What is not bound is null.
  virtual void bind_integer(int at, int64_t value) = 0;
  virtual void bind_text(int at, std::string_view text) = 0;
  virtual void bind_blob(int at, std::string_view bytes) = 0;
  // True: there is a row to read. False: the end.
  [[nodiscard]] virtual Result<bool> step() = 0;
  // Rows come one by one instead of all at once: for the next run alone. Nothing else may be asked until its end.
  virtual void stream() = 0;
  // Ends the run and forgets what was bound.
  virtual void reset() = 0;

  [[nodiscard]] virtual int64_t integer(int column) const = 0;
  // Text or blob; valid until the next step.
  [[nodiscard]] virtual std::string_view view(int column) const = 0;
  [[nodiscard]] virtual bool is_null(int column) const = 0;
};

// A statement in use; it is reset when this goes.
class Query {
 public:
  Query(Statement* statement, Status prepared) : statement_(statement), status_(std::move(prepared)) {}
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;
  ~Query() {
    if (is_used_) statement_->reset();
  }

  // One value for each "?", in order.
  template <typename... Values>
  Query& bind(const Values&... values) {
    if (statement_ != nullptr) (bind_one(values), ...);
    return *this;
  }
  // True: there is a row to read. False: the end.
  [[nodiscard]] Result<bool> next() {
    RETURN_IF_ERROR(status_);
    is_used_ = true;
    auto row = statement_->step();
    if (!row.ok()) status_ = row.error();
    return row;
  }
  // For statements without rows. The statement can be bound and run again.
  [[nodiscard]] Status run() {
    ASSIGN_OR_RETURN(const bool row, next());
    static_cast<void>(row);
    statement_->reset();
    is_used_ = false;
    bound_ = 0;
    return {};
  }
  // Before the first next(): see Statement::stream.
  Query& stream() {
    if (statement_ != nullptr) statement_->stream();
    return *this;
  }

  [[nodiscard]] int64_t integer(int column) const { return statement_->integer(column); }
  [[nodiscard]] uint64_t count(int column) const { return static_cast<uint64_t>(integer(column)); }
  // Text or blob; valid until the next step.
  [[nodiscard]] std::string_view view(int column) const { return statement_->view(column); }
  [[nodiscard]] std::string text(int column) const { return std::string(view(column)); }
  [[nodiscard]] bool is_null(int column) const { return statement_->is_null(column); }

 private:
  template <std::integral Integer>
  void bind_one(Integer value) {
    is_used_ = true;
    statement_->bind_integer(++bound_, static_cast<int64_t>(value));
  }
  void bind_one(std::string_view text) {
    is_used_ = true;
    statement_->bind_text(++bound_, text);
  }
  void bind_one(const std::string& text) { bind_one(std::string_view(text)); }
  void bind_one(const char* text) { bind_one(std::string_view(text)); }
  void bind_one(Blob blob) {
    is_used_ = true;
    statement_->bind_blob(++bound_, blob.bytes);
  }
  void bind_one(std::nullptr_t) { ++bound_; }

  Statement* statement_;
  Status status_;
  int bound_ = 0;
  bool is_used_ = false;
};

// One connection, for one thread at a time.
class Sql {
 public:
  virtual ~Sql() = default;
  // Several statements without parameters.
  [[nodiscard]] virtual Status execute(const char* sql) = 0;
  // Prepares it the first time. REQUIRES: `sql` is a literal: it is known by its address.
  [[nodiscard]] virtual Query query(const char* sql) = 0;
  // Rows that the last statement changed.
  [[nodiscard]] virtual int64_t changes() const = 0;
  // The first column of the first row of a statement without parameters.
  [[nodiscard]] Result<int64_t> integer(const char* sql) {
    Query question = query(sql);
    ASSIGN_OR_RETURN(const bool row, question.next());
    return row ? question.integer(0) : 0;
  }
};

}  // namespace custos::store
