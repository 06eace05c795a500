// The tables of a catalog, as both databases have them: what a copy takes along.
#pragma once

#include <string>
#include <vector>

namespace custos::store {

enum class ColumnKind { kInteger, kText, kBlob };

struct Column {
  const char* name;  // as SQL writes it
  ColumnKind kind;
  const char* read = nullptr;  // what is read instead
};

struct Table {
  const char* name;
  const char* order;  // its key
  std::vector<Column> columns;
};

// All but those of who is at work: leases, and publications that are open.
[[nodiscard]] std::vector<Table> catalog_tables();

// "a, b, c"; as they are read where `reading`.
[[nodiscard]] std::string column_list(const Table& table, bool reading);

}  // namespace custos::store
