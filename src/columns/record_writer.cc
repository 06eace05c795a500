#include <arrow/builder.h>
#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/table_builder.h>
#include <arrow/type.h>
#include <arrow/util/utf8.h>

#include <algorithm>
#include <optional>

#include "columns/arrow_error.h"
#include "columns/list_builders.h"
#include "columns/record_table.h"
#include "columns/schema.h"
#include "columns/table_file.h"

namespace custos::columns {
namespace {

// Builders of one row group.
class RecordBuilder {
 public:
  explicit RecordBuilder(std::unique_ptr<arrow::RecordBatchBuilder> batch)
      : batch_(std::move(batch)),
        tokens_(raw("tokens")),
        in_reply_to_(raw("in_reply_to")),
        references_(raw("references")),
        parts_(raw("parts")),
        entities_(raw("entities")),
        subject_entities_(raw("subject_entities")),
        chunks_(raw("chunks")),
        defects_(raw("defects")) {
    if (batch_->schema()->GetFieldIndex("from") < 0) return;
    from_.emplace(raw("from"));
    to_.emplace(raw("to"));
    cc_.emplace(raw("cc"));
  }

  arrow::Status append(const document::Record& record, const RowContext& context);
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> flush() { return batch_->Flush(); }

 private:
  arrow::ArrayBuilder* raw(const char* name) { return batch_->GetField(batch_->schema()->GetFieldIndex(name)); }
  template <typename Builder = arrow::StringBuilder>
  Builder& column(const char* name) {
    return static_cast<Builder&>(*raw(name));
  }

  arrow::Status append_headers(const document::Record& record, const RowContext& context);
  arrow::Status append_participants(const RowContext& context);
  arrow::Status append_links(const document::Record& record);
  arrow::Status append_chunks(const document::Record& record);
  arrow::Status append_identity(const document::Record& record);

  std::unique_ptr<arrow::RecordBatchBuilder> batch_;
  StringListBuilder tokens_, in_reply_to_, references_;
  std::optional<ParticipantListBuilder> from_, to_, cc_;
  PartListBuilder parts_;
  EntityListBuilder entities_, subject_entities_;
  StructListBuilder chunks_;
  StringListBuilder defects_;
};

arrow::Status RecordBuilder::append(const document::Record& record, const RowContext& context) {
  ARROW_RETURN_NOT_OK(append_text(column("id"), record.id));
  ARROW_RETURN_NOT_OK(column("redacted").Append(record.text.text()));
  ARROW_RETURN_NOT_OK(tokens_.append(record.tokens));
  ARROW_RETURN_NOT_OK(append_headers(record, context));
  ARROW_RETURN_NOT_OK(append_participants(context));
  ARROW_RETURN_NOT_OK(append_links(record));
  ARROW_RETURN_NOT_OK(parts_.append(record));
  ARROW_RETURN_NOT_OK(entities_.append(record.text.entities()));
  ARROW_RETURN_NOT_OK(subject_entities_.append(record.subject.entities()));
  ARROW_RETURN_NOT_OK(append_chunks(record));
  ARROW_RETURN_NOT_OK(defects_.append(record.defects));
  return append_identity(record);
}

arrow::Status RecordBuilder::append_headers(const document::Record& record, const RowContext& context) {
  ARROW_RETURN_NOT_OK(append_optional(column("message_id"), record.message_id));
  ARROW_RETURN_NOT_OK(
      append_date(column<arrow::TimestampBuilder>("date"), column<arrow::Int32Builder>("date_offset"), record.date));
  ARROW_RETURN_NOT_OK(append_text(column("subject"), record.subject.text()));
  ARROW_RETURN_NOT_OK(append_optional(column("thread"), context.thread));
  return append_text(column("channel"), record.channel);
}

arrow::Status RecordBuilder::append_participants(const RowContext& context) {
  if (!from_) return arrow::Status::OK();
  ARROW_RETURN_NOT_OK(from_->append(context.from));
  ARROW_RETURN_NOT_OK(to_->append(context.to));
  return cc_->append(context.cc);
}

arrow::Status RecordBuilder::append_links(const document::Record& record) {
  ARROW_RETURN_NOT_OK(in_reply_to_.append(record.in_reply_to));
  ARROW_RETURN_NOT_OK(references_.append(record.references));
  ARROW_RETURN_NOT_OK(append_optional(column("list_id"), record.list_id));
  const auto body = std::ranges::find_if(record.parts, &document::RecordPart::is_body);
  return append_optional(column("language"), body == record.parts.end() ? std::string_view() : body->language);
}

arrow::Status RecordBuilder::append_chunks(const document::Record& record) {
  ARROW_RETURN_NOT_OK(chunks_.begin_row());
  for (const document::Chunk& chunk : record.chunks) {
    ARROW_RETURN_NOT_OK(chunks_.begin_item());
    const uint32_t values[] = {chunk.part, chunk.span.begin, chunk.span.end, chunk.tokens};
    for (int field = 0; field < 4; ++field) {
      ARROW_RETURN_NOT_OK(chunks_.as<arrow::Int32Builder>(field).Append(static_cast<int32_t>(values[field])));
    }
  }
  return arrow::Status::OK();
}

arrow::Status RecordBuilder::append_identity(const document::Record& record) {
  ARROW_RETURN_NOT_OK(append_optional(column("edrm_mih"), record.edrm_mih));
  using Digests = arrow::FixedSizeBinaryBuilder;
  ARROW_RETURN_NOT_OK(column<Digests>("content_key").Append(record.content_key.bytes.data()));
  ARROW_RETURN_NOT_OK(column<Digests>("raw_digest").Append(record.raw_digest.bytes.data()));
  ARROW_RETURN_NOT_OK(column<arrow::Int64Builder>("raw_bytes").Append(static_cast<int64_t>(record.raw_bytes)));
  ARROW_RETURN_NOT_OK(column("raw_kind").Append(record.raw_kind == document::RawKind::kMail ? "mail" : "record"));
  return append_text(column("flags"), record.flags);
}

// What a record will take in memory: its texts, and four bytes for each token's offset.
int64_t size_of(const document::Record& record) {
  size_t bytes = 1024 + record.text.text().size() + 4 * record.tokens.size();
  for (const std::string& token : record.tokens) bytes += token.size();
  for (const document::RecordPart& part : record.parts) {
    if (!part.is_body) bytes += part.text.text().size();
    bytes += 256 + 32 * (part.text.entities().size() + part.removed.size());
  }
  return static_cast<int64_t>(bytes);
}

Status check_texts(const document::Record& record, const std::filesystem::path& path) {
  bool valid = arrow::util::ValidateUTF8(record.text.text());
  for (const document::RecordPart& part : record.parts) {
    if (!part.is_body) valid = valid && arrow::util::ValidateUTF8(part.text.text());
  }
  if (valid) return {};
  return Error{Code::kInvalidArgument,
               "cannot write " + path.string() + ": the text of " + record.id + " is not UTF-8"};
}

class ParquetRecordWriter final : public RecordWriter {
 public:
  ParquetRecordWriter(std::unique_ptr<TableFile> file, std::unique_ptr<arrow::RecordBatchBuilder> batch, uint32_t rows)
      : file_(std::move(file)), builder_(std::move(batch)), group_rows_max_(std::max(1U, rows)) {}

  Status append(const document::Record& record, const RowContext& context) override {
    RETURN_IF_ERROR(check_texts(record, file_->path()));
    RETURN_IF_ERROR(guarded("cannot write", file_->path(), [&] { return builder_.append(record, context); }));
    ++rows_;
    ++group_rows_;
    group_bytes_ += size_of(record);
    if (group_rows_ < group_rows_max_ && group_bytes_ < kRowGroupBytesMax) return {};
    return flush();
  }

  Status finish() override {
    if (group_rows_ > 0) RETURN_IF_ERROR(flush());
    return file_->finish();
  }

  uint64_t rows() const override { return rows_; }

 private:
  Status flush() {
    std::shared_ptr<arrow::RecordBatch> batch;
    RETURN_IF_ERROR(guarded("cannot write", file_->path(), [&]() -> arrow::Status {
      ARROW_ASSIGN_OR_RAISE(batch, builder_.flush());
      return arrow::Status::OK();
    }));
    group_rows_ = 0;
    group_bytes_ = 0;
    return file_->write(batch);
  }

  std::unique_ptr<TableFile> file_;
  RecordBuilder builder_;
  uint32_t group_rows_max_;
  uint32_t group_rows_ = 0;
  int64_t group_bytes_ = 0;
  uint64_t rows_ = 0;
};

}  // namespace

Result<std::unique_ptr<RecordWriter>> RecordWriter::create(const std::filesystem::path& path,
                                                           const TableOptions& options) {
  const auto schema = record_schema(options.participants);
  std::unique_ptr<arrow::RecordBatchBuilder> batch;
  RETURN_IF_ERROR(guarded("cannot write", path, [&]() -> arrow::Status {
    arrow::util::InitializeUTF8();
    ARROW_ASSIGN_OR_RAISE(batch, arrow::RecordBatchBuilder::Make(schema, arrow::default_memory_pool()));
    return arrow::Status::OK();
  }));
  ASSIGN_OR_RETURN(auto file, TableFile::create(path, schema, options));
  return std::unique_ptr<RecordWriter>(
      std::make_unique<ParquetRecordWriter>(std::move(file), std::move(batch), options.row_group_rows));
}

}  // namespace custos::columns
