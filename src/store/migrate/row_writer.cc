#include "store/migrate/row_writer.h"

#include <fmt/format.h>

#include <string_view>

namespace custos::store {
namespace {

constexpr uint64_t kCommitRows = 65536;
constexpr uint64_t kFlushRows = 4096;
constexpr uint64_t kFlushBytes = 4 << 20;

// What is null is no bytes; what has none is not null.
std::string_view not_null(std::string_view bytes) { return bytes.data() == nullptr ? std::string_view("") : bytes; }

}  // namespace

Status SqliteRowWriter::begin_table(const Table& table) {
  table_ = &table;
  std::string marks = "?";
  for (size_t at = 1; at < table.columns.size(); ++at) marks += ", ?";
  statements_.push_back(fmt::format("INSERT INTO {}({}) VALUES({})", table.name, column_list(table, false), marks));
  return {};
}

Status SqliteRowWriter::add(const Query& row) {
  Query insert = database_.query(statements_.back().c_str());
  for (int at = 0; const Column& column : table_->columns) {
    if (row.is_null(at)) {
      insert.bind(nullptr);
    } else if (column.kind == ColumnKind::kInteger) {
      insert.bind(row.integer(at));
    } else if (column.kind == ColumnKind::kText) {
      insert.bind(row.view(at));
    } else {
      insert.bind(Blob{not_null(row.view(at))});
    }
    ++at;
  }
  RETURN_IF_ERROR(insert.run());
  return ++rows_ % kCommitRows == 0 ? database_.execute("COMMIT; BEGIN") : Status();
}

Status PostgresRowWriter::begin_table(const Table& table) {
  table_ = &table;
  std::string arrays;
  for (const Column& column : table.columns) {
    if (!arrays.empty()) arrays += ", ";
    arrays += column.kind == ColumnKind::kInteger ? "?::bigint[]" : "?::bytea[]";
  }
  statements_.push_back(
      fmt::format("INSERT INTO {}({}) SELECT * FROM unnest({})", table.name, column_list(table, false), arrays));
  clear();
  return {};
}

void PostgresRowWriter::clear() {
  columns_.clear();
  for (const Column& column : table_->columns) {
    if (column.kind == ColumnKind::kInteger) {
      columns_.emplace_back(client::PostgresIntegers());
    } else {
      columns_.emplace_back(client::PostgresTexts());
    }
  }
  rows_ = bytes_ = 0;
}

Status PostgresRowWriter::add(const Query& row) {
  for (int at = 0; Cells & cells : columns_) {
    if (auto* const integers = std::get_if<client::PostgresIntegers>(&cells); integers != nullptr) {
      row.is_null(at) ? integers->add_null() : integers->add(row.integer(at));
      bytes_ += sizeof(int64_t);
    } else {
      auto& texts = std::get<client::PostgresTexts>(cells);
      row.is_null(at) ? texts.add_null() : texts.add(row.view(at));
      bytes_ += row.view(at).size();
    }
    ++at;
  }
  return ++rows_ >= kFlushRows || bytes_ >= kFlushBytes ? flush() : Status();
}

Status PostgresRowWriter::flush() {
  if (rows_ == 0) return {};
  {
    Query insert = database_.query(statements_.back().c_str());
    for (Cells& cells : columns_) {
      std::visit([&](auto& each) { insert.bind(Blob{each.bytes()}); }, cells);
    }
    RETURN_IF_ERROR(insert.run());
  }
  clear();
  return {};
}

}  // namespace custos::store
