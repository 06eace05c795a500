// The columns that hold nearly all bytes of a row group. Arrow's builders give their memory back with each group; these
// keep it, so that no page of it is faulted in and cleared more than once.
#pragma once

#include <arrow/array.h>
#include <arrow/status.h>
#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "columns/token_dictionary.h"
#include "document/token_list.h"

namespace custos::columns {

// Long texts, not null.
class TextColumn {
 public:
  // REQUIRES: `text` is UTF-8. Fails at 2 GiB.
  [[nodiscard]] arrow::Status append(std::string_view text);
  // Views this column's memory: valid until clear.
  [[nodiscard]] std::shared_ptr<arrow::Array> array() const;
  void clear();

 private:
  std::string bytes_;
  std::vector<int32_t> offsets_{0};
};

// Lists of tokens, as a dictionary and numbers into it: what Parquet stores. Readers see lists of strings.
class TokenColumn {
 public:
  [[nodiscard]] static std::shared_ptr<arrow::DataType> type();
  // Fails at 2^31 tokens or 2 GiB of distinct ones.
  [[nodiscard]] arrow::Status append(const document::TokenList& tokens);
  // Views this column's memory: valid until clear.
  [[nodiscard]] std::shared_ptr<arrow::Array> array() const;
  void clear();

 private:
  TokenDictionary dictionary_;
  std::vector<int32_t> numbers_;
  std::vector<int32_t> offsets_{0};
  uint64_t bytes_ = 0;  // of the tokens, equal ones counted each time
};

}  // namespace custos::columns
