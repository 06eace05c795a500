#include <arrow/io/file.h>
#include <arrow/memory_pool.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <arrow/util/key_value_metadata.h>
#include <fmt/format.h>
#include <parquet/arrow/reader.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>

#include "columns/arrow_error.h"
#include "columns/record_table.h"
#include "columns/row_group.h"
#include "columns/schema.h"

namespace custos::columns {
namespace {

class ParquetChunkReader final : public ChunkReader {
 public:
  explicit ParquetChunkReader(std::filesystem::path path) : path_(std::move(path)) {}

  Status open();
  uint64_t rows() const override { return rows_; }
  Status for_each(const Visitor& visit) override;

 private:
  Status check() const;
  Result<std::shared_ptr<arrow::RecordBatch>> load(int group) const;
  Error corrupt(std::string_view what) const {
    return {Code::kCorrupt, fmt::format("cannot read {}: {}; run custos verify", path_.string(), what)};
  }

  std::filesystem::path path_;
  std::unique_ptr<parquet::arrow::FileReader> file_;
  uint64_t rows_ = 0;
};

Status ParquetChunkReader::open() {
  if (!std::filesystem::exists(path_)) return Error{Code::kNotFound, "there is no file " + path_.string()};
  RETURN_IF_ERROR(guarded("cannot read", path_, [&]() -> arrow::Status {
    ARROW_ASSIGN_OR_RAISE(auto input, arrow::io::ReadableFile::Open(path_.string()));
    auto parquet_file = parquet::ParquetFileReader::Open(std::move(input));
    ARROW_ASSIGN_OR_RAISE(file_,
                          parquet::arrow::FileReader::Make(arrow::default_memory_pool(), std::move(parquet_file)));
    file_->set_use_threads(false);
    const int64_t rows = file_->parquet_reader()->metadata()->num_rows();
    if (rows < 0) return arrow::Status::Invalid("a negative number of rows");
    rows_ = static_cast<uint64_t>(rows);
    return arrow::Status::OK();
  }));
  return check();
}

Status ParquetChunkReader::check() const {
  const auto metadata = file_->parquet_reader()->metadata()->key_value_metadata();
  const auto layout = metadata ? metadata->Get("custos.layout").ValueOr("") : "";
  if (layout != std::to_string(kLayoutVersion)) {
    return Error{Code::kUnsupported, fmt::format("{} is not a chunks.parquet of layout {}: use a newer custos, or "
                                                 "run custos rebuild",
                                                 path_.string(), kLayoutVersion)};
  }
  std::shared_ptr<arrow::Schema> schema;
  RETURN_IF_ERROR(guarded("cannot read", path_, [&] { return file_->GetSchema(&schema); }));
  if (schema->Equals(*chunk_schema(), /*check_metadata=*/false)) return {};
  return corrupt("its columns are not those of chunks");
}

Result<std::shared_ptr<arrow::RecordBatch>> ParquetChunkReader::load(int group) const {
  std::shared_ptr<arrow::RecordBatch> batch;
  RETURN_IF_ERROR(guarded("cannot read", path_, [&]() -> arrow::Status {
    ARROW_ASSIGN_OR_RAISE(auto table, file_->ReadRowGroup(group));
    ARROW_ASSIGN_OR_RAISE(batch, table->CombineChunksToBatch());
    return batch->ValidateFull();
  }));
  return batch;
}

Status ParquetChunkReader::for_each(const Visitor& visit) {
  uint64_t seen = 0;
  const int groups = file_->parquet_reader()->metadata()->num_row_groups();
  for (int group = 0; group < groups; ++group) {
    ASSIGN_OR_RETURN(const auto batch, load(group));
    const auto field = [&](int column, int64_t row) { return offset_at(*batch->column(column), row); };
    for (int64_t row = 0; row < batch->num_rows(); ++row) {
      const document::Chunk chunk{{field(3, row), field(4, row)}, field(2, row), field(5, row)};
      RETURN_IF_ERROR(visit(static_cast<uint64_t>(int64_at(*batch->column(0), row)), chunk));
    }
    seen += static_cast<uint64_t>(batch->num_rows());
  }
  if (seen != rows_) return corrupt(fmt::format("{} rows, its footer says {}", seen, rows_));
  return {};
}

}  // namespace

Result<std::unique_ptr<ChunkReader>> ChunkReader::open(const std::filesystem::path& path) {
  auto reader = std::make_unique<ParquetChunkReader>(path);
  RETURN_IF_ERROR(reader->open());
  return std::unique_ptr<ChunkReader>(std::move(reader));
}

}  // namespace custos::columns
