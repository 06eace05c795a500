// Rows of another catalog's tables, as they are, into an empty one.
#pragma once

#include <cstdint>
#include <list>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "client/postgres.h"
#include "store/catalog/sql.h"
#include "store/migrate/catalog_tables.h"

namespace custos::store {

// One table after the other, within a transaction that the caller opens and ends.
class RowWriter {
 public:
  virtual ~RowWriter() = default;
  // REQUIRES: `table` lives until end_table().
  [[nodiscard]] virtual Status begin_table(const Table& table) = 0;
  // The columns of `row` are those of the table.
  [[nodiscard]] virtual Status add(const Query& row) = 0;
  [[nodiscard]] virtual Status end_table() = 0;
};

// Commits now and then: of use only for a file that nobody knows yet.
class SqliteRowWriter final : public RowWriter {
 public:
  explicit SqliteRowWriter(Sql& database) : database_(database) {}
  Status begin_table(const Table& table) override;
  Status add(const Query& row) override;
  Status end_table() override { return {}; }

 private:
  Sql& database_;
  const Table* table_ = nullptr;
  std::list<std::string> statements_;  // the database knows them by their addresses
  uint64_t rows_ = 0;
};

// Many rows in one statement.
class PostgresRowWriter final : public RowWriter {
 public:
  explicit PostgresRowWriter(Sql& database) : database_(database) {}
  Status begin_table(const Table& table) override;
  Status add(const Query& row) override;
  Status end_table() override { return flush(); }

 private:
  using Cells = std::variant<client::PostgresIntegers, client::PostgresTexts>;
  Status flush();
  void clear();

  Sql& database_;
  const Table* table_ = nullptr;
  std::list<std::string> statements_;
  std::vector<Cells> columns_;
  uint64_t rows_ = 0;
  uint64_t bytes_ = 0;
};

}  // namespace custos::store
