#include "columns/text_columns.h"

#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/type.h>

#include "columns/table_file.h"

namespace custos::columns {
namespace {

constexpr size_t kBytesKept = 2 * kRowGroupBytesMax;

// A repaired token is at most three times as long.
constexpr uint64_t kTokenBytesMax = INT32_MAX / 3;

int64_t rows_of(const std::vector<int32_t>& offsets) { return static_cast<int64_t>(offsets.size()) - 1; }

}  // namespace

arrow::Status TextColumn::append(std::string_view text) {
  if (text.size() > INT32_MAX - bytes_.size()) return arrow::Status::CapacityError("a row group's texts exceed 2 GiB");
  bytes_ += text;
  offsets_.push_back(static_cast<int32_t>(bytes_.size()));
  return arrow::Status::OK();
}

std::shared_ptr<arrow::Array> TextColumn::array() const {
  const auto bytes = std::make_shared<arrow::Buffer>(std::string_view(bytes_));
  return std::make_shared<arrow::StringArray>(rows_of(offsets_), arrow::Buffer::Wrap(offsets_), bytes);
}

void TextColumn::clear() {
  if (bytes_.capacity() > kBytesKept) std::string().swap(bytes_);
  bytes_.clear();
  offsets_.resize(1);
}

std::shared_ptr<arrow::DataType> TokenColumn::type() {
  return arrow::list(arrow::field("element", arrow::dictionary(arrow::int32(), arrow::utf8()), /*nullable=*/false));
}

arrow::Status TokenColumn::append(const document::TokenList& tokens) {
  bytes_ += tokens.bytes().size();
  if (bytes_ > kTokenBytesMax || tokens.size() > INT32_MAX - numbers_.size()) {
    return arrow::Status::CapacityError("a row group's tokens exceed 2 GiB");
  }
  dictionary_.number(tokens, numbers_);
  offsets_.push_back(static_cast<int32_t>(numbers_.size()));
  return arrow::Status::OK();
}

std::shared_ptr<arrow::Array> TokenColumn::array() const {
  const auto numbers =
      std::make_shared<arrow::Int32Array>(static_cast<int64_t>(numbers_.size()), arrow::Buffer::Wrap(numbers_));
  const auto list_type = type();
  const auto& item_type = static_cast<const arrow::ListType&>(*list_type).value_type();
  const auto items = std::make_shared<arrow::DictionaryArray>(item_type, numbers, dictionary_.array());
  return std::make_shared<arrow::ListArray>(list_type, rows_of(offsets_), arrow::Buffer::Wrap(offsets_), items);
}

void TokenColumn::clear() {
  dictionary_.clear();
  if (numbers_.capacity() * sizeof(int32_t) > kBytesKept) std::vector<int32_t>().swap(numbers_);
  numbers_.clear();
  offsets_.resize(1);
  bytes_ = 0;
}

}  // namespace custos::columns
