// One Parquet file under construction: takes row groups, writes each at once, holds none.
#pragma once

#include <arrow/type_fwd.h>
#include <parquet/arrow/writer.h>

#include <cstdint>
#include <filesystem>
#include <memory>

#include "base/result.h"
#include "columns/file_stream.h"
#include "columns/record_table.h"

namespace custos::columns {

// A row group is written when its values reach this size, whatever its rows: memory is bounded by about twice that.
inline constexpr int64_t kRowGroupBytesMax = 32 << 20;

class TableFile {
 public:
  [[nodiscard]] static Result<std::unique_ptr<TableFile>> create(const std::filesystem::path& path,
                                                                 std::shared_ptr<arrow::Schema> schema,
                                                                 const TableOptions& options);
  // One row group.
  [[nodiscard]] Status write(const std::shared_ptr<arrow::RecordBatch>& batch);
  // Footer and fsync.
  [[nodiscard]] Status finish();
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] const std::shared_ptr<arrow::Schema>& schema() const { return schema_; }

 private:
  TableFile(std::filesystem::path path, std::shared_ptr<arrow::Schema> schema)
      : path_(std::move(path)), schema_(std::move(schema)) {}
  Status with_cause(Status status) const;

  std::filesystem::path path_;
  std::shared_ptr<arrow::Schema> schema_;
  std::shared_ptr<FileStream> stream_;
  std::unique_ptr<parquet::arrow::FileWriter> writer_;
};

}  // namespace custos::columns
