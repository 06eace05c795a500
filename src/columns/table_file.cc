#include "columns/table_file.h"

#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <arrow/util/compression.h>
#include <arrow/util/key_value_metadata.h>
#include <parquet/properties.h>

#include <string>
#include <utility>

#include "columns/arrow_error.h"
#include "columns/schema.h"

namespace custos::columns {
namespace {

// Columns whose values recur; a dictionary of the others would be as large as they are.
constexpr const char* kDictionaryColumns[] = {"tokens.list.element",
                                              "channel",
                                              "language",
                                              "raw_kind",
                                              "flags",
                                              "thread",
                                              "list_id",
                                              "date_offset",
                                              "defects.list.element",
                                              "from.list.element.name",
                                              "from.list.element.address",
                                              "to.list.element.name",
                                              "to.list.element.address",
                                              "cc.list.element.name",
                                              "cc.list.element.address",
                                              "parts.list.element.part",
                                              "parts.list.element.content_type",
                                              "parts.list.element.language",
                                              "parts.list.element.removed.list.element.reason",
                                              "parts.list.element.entities.list.element.type",
                                              "parts.list.element.entities.list.element.score",
                                              "parts.list.element.name_entities.list.element.type",
                                              "entities.list.element.type",
                                              "entities.list.element.score",
                                              "subject_entities.list.element.type",
                                              "part"};

// Statistics of long texts and of random digests prune nothing and cost a comparison a value.
constexpr const char* kNoStatistics[] = {
    "redacted",    "tokens.list.element", "parts.list.element.text", "parts.list.element.sha256",
    "content_key", "raw_digest"};

// Random bytes: there is nothing to compress.
constexpr const char* kDigests[] = {"parts.list.element.sha256", "content_key", "raw_digest"};

// Larger than any row group: a column that begins as a dictionary ends as one.
constexpr int64_t kDictionaryBytesMax = INT32_MAX;

std::shared_ptr<parquet::WriterProperties> properties_of(const TableOptions& options) {
  parquet::WriterProperties::Builder builder;
  builder.compression(parquet::Compression::ZSTD)->compression_level(options.zstd_level);
  builder.version(parquet::ParquetVersion::PARQUET_2_6)->data_page_version(parquet::ParquetDataPageVersion::V1);
  // The C library's heap keeps what a row group frees for the next one; Arrow's own allocator would fault it in anew.
  builder.memory_pool(arrow::system_memory_pool())->dictionary_pagesize_limit(kDictionaryBytesMax);
  builder.created_by("custos")->max_row_group_length(1 << 20)->disable_dictionary();
  for (const char* column : kDictionaryColumns) builder.enable_dictionary(column);
  for (const char* column : kNoStatistics) builder.disable_statistics(column);
  for (const char* column : kDigests) {
    builder.compression(column, parquet::Compression::UNCOMPRESSED);
    builder.compression_level(column, arrow::util::kUseDefaultCompressionLevel);
  }
  return builder.build();
}

std::shared_ptr<arrow::KeyValueMetadata> metadata_of(const TableOptions& options) {
  auto metadata = std::make_shared<arrow::KeyValueMetadata>();
  metadata->Append("custos.layout", std::to_string(kLayoutVersion));
  for (const auto& [key, value] : options.metadata) metadata->Append(key, value);
  return metadata;
}

}  // namespace

Result<std::unique_ptr<TableFile>> TableFile::create(const std::filesystem::path& path,
                                                     std::shared_ptr<arrow::Schema> schema,
                                                     const TableOptions& options) {
  std::unique_ptr<TableFile> file(new TableFile(path, std::move(schema)));
  ASSIGN_OR_RETURN(file->stream_, FileStream::create(path));
  RETURN_IF_ERROR(file->with_cause(guarded("cannot write", path, [&]() -> arrow::Status {
    ARROW_ASSIGN_OR_RAISE(file->writer_, parquet::arrow::FileWriter::Open(*file->schema_, arrow::system_memory_pool(),
                                                                          file->stream_, properties_of(options)));
    return file->writer_->AddKeyValueMetadata(metadata_of(options));
  })));
  return file;
}

Status TableFile::write(const std::shared_ptr<arrow::RecordBatch>& batch) {
  return with_cause(guarded("cannot write", path_, [&]() -> arrow::Status {
    ARROW_ASSIGN_OR_RAISE(auto table, arrow::Table::FromRecordBatches({batch}));
    return writer_->WriteTable(*table, std::max<int64_t>(1, batch->num_rows()));
  }));
}

Status TableFile::finish() {
  RETURN_IF_ERROR(with_cause(guarded("cannot write", path_, [&]() -> arrow::Status {
    ARROW_RETURN_NOT_OK(writer_->Close());
    return stream_->Close();
  })));
  return stream_->sync();
}

// The operating system's word for what Arrow met, where there is one: "No space left on device".
Status TableFile::with_cause(Status status) const {
  if (!status.ok() && !stream_->failure().ok()) return stream_->failure();
  return status;
}

}  // namespace custos::columns
