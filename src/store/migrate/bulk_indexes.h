// Indexes are made of all rows at once when these are there: row by row, each would go to another page.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "store/migrate/catalog_copy.h"

namespace custos::store {

class BulkIndexes {
 public:
  // REQUIRES: the database is in a transaction, and outlives it.
  explicit BulkIndexes(CatalogDatabase database) : database_(database) {}
  // All but those of primary keys and of constraints.
  [[nodiscard]] Status drop();
  // kCorrupt where one that is unique cannot be made.
  [[nodiscard]] Status make();

 private:
  const CatalogDatabase database_;
  std::vector<std::string> made_by_;  // what was dropped, as SQL
};

}  // namespace custos::store
