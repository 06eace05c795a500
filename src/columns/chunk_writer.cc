#include <arrow/builder.h>
#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/table_builder.h>
#include <arrow/type.h>

#include <algorithm>

#include "columns/arrow_error.h"
#include "columns/list_builders.h"
#include "columns/record_table.h"
#include "columns/schema.h"
#include "columns/table_file.h"

namespace custos::columns {
namespace {

// REQUIRES: at <= text.size().
bool begins_character(std::string_view text, size_t at) {
  return at == text.size() || (static_cast<unsigned char>(text[at]) & 0xc0U) != 0x80;
}

class ParquetChunkWriter final : public ChunkWriter {
 public:
  ParquetChunkWriter(std::unique_ptr<TableFile> file, std::unique_ptr<arrow::RecordBatchBuilder> batch, uint32_t rows)
      : file_(std::move(file)), batch_(std::move(batch)), group_rows_max_(std::max(1U, rows)) {}

  Status append(const document::Record& record, uint64_t row) override {
    for (const document::Chunk& chunk : record.chunks) {
      RETURN_IF_ERROR(check(record, chunk));
      RETURN_IF_ERROR(guarded("cannot write", file_->path(), [&] { return append_row(record, chunk, row); }));
      ++rows_;
      ++group_rows_;
      if (group_rows_ >= group_rows_max_) RETURN_IF_ERROR(flush());
    }
    return {};
  }

  Status finish() override {
    if (group_rows_ > 0) RETURN_IF_ERROR(flush());
    return file_->finish();
  }

  uint64_t rows() const override { return rows_; }

 private:
  Status check(const document::Record& record, const document::Chunk& chunk) const {
    if (chunk.part < record.parts.size()) {
      const std::string_view text = record.parts[chunk.part].text.text();
      if (chunk.span.begin <= chunk.span.end && chunk.span.end <= text.size() &&
          begins_character(text, chunk.span.begin) && begins_character(text, chunk.span.end)) {
        return {};
      }
    }
    return Error{Code::kInvalidArgument, "cannot write " + file_->path().string() + ": a chunk of " + record.id +
                                             " is not within its part's text"};
  }

  arrow::Status append_row(const document::Record& record, const document::Chunk& chunk, uint64_t row) {
    const document::RecordPart& part = record.parts[chunk.part];
    ARROW_RETURN_NOT_OK(batch_->GetFieldAs<arrow::Int64Builder>(0)->Append(static_cast<int64_t>(row)));
    ARROW_RETURN_NOT_OK(append_text(*batch_->GetFieldAs<arrow::StringBuilder>(1), record.id));
    const uint32_t values[] = {chunk.part, chunk.span.begin, chunk.span.end, chunk.tokens};
    for (int field = 0; field < 4; ++field) {
      ARROW_RETURN_NOT_OK(
          batch_->GetFieldAs<arrow::Int32Builder>(2 + field)->Append(static_cast<int32_t>(values[field])));
    }
    return append_optional(*batch_->GetFieldAs<arrow::StringBuilder>(6), part.language);
  }

  Status flush() {
    std::shared_ptr<arrow::RecordBatch> batch;
    RETURN_IF_ERROR(guarded("cannot write", file_->path(), [&]() -> arrow::Status {
      ARROW_ASSIGN_OR_RAISE(batch, batch_->Flush());
      return arrow::Status::OK();
    }));
    group_rows_ = 0;
    return file_->write(batch);
  }

  std::unique_ptr<TableFile> file_;
  std::unique_ptr<arrow::RecordBatchBuilder> batch_;
  uint32_t group_rows_max_;
  uint32_t group_rows_ = 0;
  uint64_t rows_ = 0;
};

}  // namespace

Result<std::unique_ptr<ChunkWriter>> ChunkWriter::create(const std::filesystem::path& path,
                                                         const TableOptions& options) {
  std::unique_ptr<arrow::RecordBatchBuilder> batch;
  RETURN_IF_ERROR(guarded("cannot write", path, [&]() -> arrow::Status {
    ARROW_ASSIGN_OR_RAISE(batch, arrow::RecordBatchBuilder::Make(chunk_schema(), arrow::system_memory_pool()));
    return arrow::Status::OK();
  }));
  ASSIGN_OR_RETURN(auto file, TableFile::create(path, chunk_schema(), options));
  return std::unique_ptr<ChunkWriter>(
      std::make_unique<ParquetChunkWriter>(std::move(file), std::move(batch), options.row_group_rows));
}

}  // namespace custos::columns
