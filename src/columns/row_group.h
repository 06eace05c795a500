// One decoded row group of messages.parquet, and typed views of its columns.
#pragma once

#include <arrow/array.h>
#include <arrow/record_batch.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "document/message.h"
#include "document/record.h"

namespace custos::columns {

// A contiguous range of rows of a list's items.
struct ItemRange {
  int64_t begin = 0;
  int64_t end = 0;
};

// A list column, and its items' fields when they are structs. REQUIRES of all views: the types are the schema's.
class ListView {
 public:
  explicit ListView(const arrow::Array& array) : list_(static_cast<const arrow::ListArray&>(array)) {}

  [[nodiscard]] ItemRange row(int64_t row) const { return {list_.value_offset(row), list_.value_offset(row + 1)}; }
  [[nodiscard]] const arrow::Array& items() const { return *list_.values(); }
  [[nodiscard]] const arrow::Array& field(int number) const {
    return *static_cast<const arrow::StructArray&>(items()).field(number);
  }

 private:
  const arrow::ListArray& list_;
};

[[nodiscard]] std::string text_at(const arrow::Array& array, int64_t row);
[[nodiscard]] int64_t int64_at(const arrow::Array& array, int64_t row);
[[nodiscard]] uint32_t offset_at(const arrow::Array& array, int64_t row);
[[nodiscard]] bool flag_at(const arrow::Array& array, int64_t row);
[[nodiscard]] Digest digest_at(const arrow::Array& array, int64_t row);
[[nodiscard]] std::vector<std::string> strings_at(const arrow::Array& list, int64_t row);
[[nodiscard]] document::TokenList tokens_at(const arrow::Array& list, int64_t row);
[[nodiscard]] std::vector<document::Entity> entities_at(const arrow::Array& list, int64_t row);
[[nodiscard]] std::vector<document::Chunk> chunks_at(const arrow::Array& list, int64_t row);
// Nothing where a reason has a name that this build does not know.
[[nodiscard]] std::optional<std::vector<document::ReasonedSpan>> removed_at(const arrow::Array& list, int64_t row);

// Whether the spans ascend, do not overlap and lie within `size` bytes: what every user of a Record takes for granted.
[[nodiscard]] bool are_sound(const std::vector<document::ReasonedSpan>& spans, size_t size);
[[nodiscard]] bool are_sound(const std::vector<document::Entity>& entities, size_t size);

}  // namespace custos::columns
