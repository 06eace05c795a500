// All rows of one catalog into another, which is empty.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/catalog/sql.h"
#include "store/migrate/catalog_tables.h"
#include "store/migrate/row_writer.h"

namespace custos::store {

// A database, and which of the two.
struct CatalogDatabase {
  Sql& sql;
  bool is_postgres = false;
};

class CatalogCopy {
 public:
  using Observer = std::function<Status(const char* table, uint64_t rows, uint64_t total)>;

  // REQUIRES: both are in a transaction, that of `from` a view that does not change; all outlive it.
  CatalogCopy(CatalogDatabase from, CatalogDatabase to, const Observer& observe)
      : from_(from), to_(to), observe_(observe), tables_(catalog_tables()) {}

  // kCorrupt where a table of the copy has not as many rows.
  [[nodiscard]] Status run();

 private:
  // The highest numbers that were given, also to what is gone or was never committed.
  struct Given {
    int64_t key = 0;
    int64_t segment = 0;
    int64_t pack = 0;
  };
  // Valid as long as the copy.
  const char* keep(std::string sql) { return statements_.emplace_back(std::move(sql)).c_str(); }
  Status drop_missing();
  Status count_rows();
  Status copy(size_t at, RowWriter& writer);
  Status check_rows();
  [[nodiscard]] Result<Given> given();
  Status give_on(const Given& given);
  Status give_on_postgres(const Given& given);

  const CatalogDatabase from_;
  const CatalogDatabase to_;
  const Observer& observe_;
  std::vector<Table> tables_;
  std::vector<int64_t> rows_;  // of each table
  std::list<std::string> statements_;
  uint64_t done_ = 0;
  uint64_t total_ = 0;
};

}  // namespace custos::store
