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
#include "columns/text_columns.h"

namespace custos::columns {
namespace {

// Where the columns with builders of their own stand.
constexpr int kRedacted = 1;
constexpr int kTokens = 2;

using Batch = std::unique_ptr<arrow::RecordBatchBuilder>;

// What the file is made with: Parquet stores strings either way.
arrow::Result<std::shared_ptr<arrow::Schema>> stored_schema(bool participants) {
  const auto schema = record_schema(participants);
  return schema->SetField(kTokens, arrow::field("tokens", TokenColumn::type(), /*nullable=*/false));
}

// Columns of one row group.
class RecordBuilder {
 public:
  // `batch`: of all columns but those two.
  RecordBuilder(std::shared_ptr<arrow::Schema> schema, Batch batch)
      : schema_(std::move(schema)),
        batch_(std::move(batch)),
        id_(column("id")),
        message_id_(column("message_id")),
        date_(column<arrow::TimestampBuilder>("date")),
        date_offset_(column<arrow::Int32Builder>("date_offset")),
        subject_(column("subject")),
        thread_(column("thread")),
        channel_(column("channel")),
        in_reply_to_(raw("in_reply_to")),
        references_(raw("references")),
        list_id_(column("list_id")),
        language_(column("language")),
        parts_(raw("parts")),
        entities_(raw("entities")),
        subject_entities_(raw("subject_entities")),
        chunks_(raw("chunks")),
        defects_(raw("defects")),
        edrm_mih_(column("edrm_mih")),
        content_key_(column<arrow::FixedSizeBinaryBuilder>("content_key")),
        raw_digest_(column<arrow::FixedSizeBinaryBuilder>("raw_digest")),
        raw_bytes_(column<arrow::Int64Builder>("raw_bytes")),
        raw_kind_(column("raw_kind")),
        flags_(column("flags")) {
    if (schema_->GetFieldIndex("from") < 0) return;
    from_.emplace(raw("from"));
    to_.emplace(raw("to"));
    cc_.emplace(raw("cc"));
  }

  arrow::Status append(const document::Record& record, const RowContext& context);
  // The rows since clear(). They view this builder's memory.
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> flush();
  void clear();

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

  std::shared_ptr<arrow::Schema> schema_;
  Batch batch_;
  TextColumn redacted_;
  TokenColumn tokens_;
  arrow::StringBuilder &id_, &message_id_;
  arrow::TimestampBuilder& date_;
  arrow::Int32Builder& date_offset_;
  arrow::StringBuilder &subject_, &thread_, &channel_;
  std::optional<ParticipantListBuilder> from_, to_, cc_;
  StringListBuilder in_reply_to_, references_;
  arrow::StringBuilder &list_id_, &language_;
  PartListBuilder parts_;
  EntityListBuilder entities_, subject_entities_;
  StructListBuilder chunks_;
  StringListBuilder defects_;
  arrow::StringBuilder& edrm_mih_;
  arrow::FixedSizeBinaryBuilder &content_key_, &raw_digest_;
  arrow::Int64Builder& raw_bytes_;
  arrow::StringBuilder &raw_kind_, &flags_;
};

arrow::Status RecordBuilder::append(const document::Record& record, const RowContext& context) {
  ARROW_RETURN_NOT_OK(append_text(id_, record.id));
  ARROW_RETURN_NOT_OK(redacted_.append(record.text.text()));
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

arrow::Result<std::shared_ptr<arrow::RecordBatch>> RecordBuilder::flush() {
  ARROW_ASSIGN_OR_RAISE(const auto others, batch_->Flush());
  arrow::ArrayVector columns = others->columns();
  columns.insert(columns.begin() + kRedacted, {redacted_.array(), tokens_.array()});
  return arrow::RecordBatch::Make(schema_, others->num_rows(), std::move(columns));
}

void RecordBuilder::clear() {
  redacted_.clear();
  tokens_.clear();
}

arrow::Status RecordBuilder::append_headers(const document::Record& record, const RowContext& context) {
  ARROW_RETURN_NOT_OK(append_optional(message_id_, record.message_id));
  ARROW_RETURN_NOT_OK(append_date(date_, date_offset_, record.date));
  ARROW_RETURN_NOT_OK(append_text(subject_, record.subject.text()));
  ARROW_RETURN_NOT_OK(append_optional(thread_, context.thread));
  return append_text(channel_, record.channel);
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
  ARROW_RETURN_NOT_OK(append_optional(list_id_, record.list_id));
  const auto body = std::ranges::find_if(record.parts, &document::RecordPart::is_body);
  return append_optional(language_, body == record.parts.end() ? std::string_view() : body->language);
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
  ARROW_RETURN_NOT_OK(append_optional(edrm_mih_, record.edrm_mih));
  ARROW_RETURN_NOT_OK(content_key_.Append(record.content_key.bytes.data()));
  ARROW_RETURN_NOT_OK(raw_digest_.Append(record.raw_digest.bytes.data()));
  ARROW_RETURN_NOT_OK(raw_bytes_.Append(static_cast<int64_t>(record.raw_bytes)));
  ARROW_RETURN_NOT_OK(raw_kind_.Append(record.raw_kind == document::RawKind::kMail ? "mail" : "record"));
  return append_text(flags_, record.flags);
}

// What a record will take in memory: its texts, and four bytes for each token's offset.
int64_t size_of(const document::Record& record) {
  size_t bytes = 1024 + record.text.text().size() + 4 * record.tokens.size() + record.tokens.bytes().size();
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
  ParquetRecordWriter(std::unique_ptr<TableFile> file, Batch batch, uint32_t rows)
      : file_(std::move(file)), builder_(file_->schema(), std::move(batch)), group_rows_max_(std::max(1U, rows)) {}

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
    RETURN_IF_ERROR(file_->write(batch));
    builder_.clear();
    return {};
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
  std::shared_ptr<arrow::Schema> schema;
  Batch batch;
  RETURN_IF_ERROR(guarded("cannot write", path, [&]() -> arrow::Status {
    arrow::util::InitializeUTF8();
    ARROW_ASSIGN_OR_RAISE(schema, stored_schema(options.participants));
    ARROW_ASSIGN_OR_RAISE(auto others, schema->RemoveField(kTokens));
    ARROW_ASSIGN_OR_RAISE(others, others->RemoveField(kRedacted));
    ARROW_ASSIGN_OR_RAISE(batch, arrow::RecordBatchBuilder::Make(others, arrow::system_memory_pool()));
    return arrow::Status::OK();
  }));
  ASSIGN_OR_RETURN(auto file, TableFile::create(path, schema, options));
  return std::unique_ptr<RecordWriter>(
      std::make_unique<ParquetRecordWriter>(std::move(file), std::move(batch), options.row_group_rows));
}

}  // namespace custos::columns
