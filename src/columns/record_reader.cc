#include <arrow/io/file.h>
#include <arrow/memory_pool.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <arrow/util/key_value_metadata.h>
#include <fmt/format.h>
#include <parquet/arrow/reader.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>

#include <algorithm>
#include <charconv>

#include "columns/arrow_error.h"
#include "columns/record_table.h"
#include "columns/row_group.h"
#include "columns/schema.h"

namespace custos::columns {
namespace {

using document::Record;
using document::RecordPart;

class ParquetRecordReader final : public RecordReader {
 public:
  explicit ParquetRecordReader(std::filesystem::path path) : path_(std::move(path)) {}

  Status open();
  uint64_t rows() const override { return row_begin_.back(); }
  Result<Record> read(uint64_t row) override;
  Result<std::vector<std::string>> ids() override;

 private:
  Status check_schema();
  Status check_layout();
  Status load(size_t group);
  Error corrupt(std::string_view what, uint64_t row) const {
    return {Code::kCorrupt, fmt::format("cannot read {}: row {}: {}; run custos verify", path_.string(), row, what)};
  }
  const arrow::Array& column(const char* name) const { return *batch_->GetColumnByName(name); }

  Record row_headers(int64_t row) const;
  Status read_parts(int64_t row, Record& record) const;
  Result<RecordPart> read_part(const ListView& parts, int64_t item, const std::string& joined) const;
  Result<std::string> part_text(const ListView& parts, int64_t item, const std::string& joined) const;

  std::filesystem::path path_;
  std::unique_ptr<parquet::arrow::FileReader> file_;
  std::vector<uint64_t> row_begin_{0};  // of each row group, and the end
  std::shared_ptr<arrow::RecordBatch> batch_;
  size_t loaded_ = SIZE_MAX;
};

Status ParquetRecordReader::open() {
  if (!std::filesystem::exists(path_)) return Error{Code::kNotFound, "there is no file " + path_.string()};
  RETURN_IF_ERROR(guarded("cannot read", path_, [&]() -> arrow::Status {
    ARROW_ASSIGN_OR_RAISE(auto input, arrow::io::ReadableFile::Open(path_.string()));
    auto parquet_file = parquet::ParquetFileReader::Open(std::move(input));
    ARROW_ASSIGN_OR_RAISE(file_,
                          parquet::arrow::FileReader::Make(arrow::default_memory_pool(), std::move(parquet_file)));
    file_->set_use_threads(false);
    const auto metadata = file_->parquet_reader()->metadata();
    for (int group = 0; group < metadata->num_row_groups(); ++group) {
      const int64_t rows = metadata->RowGroup(group)->num_rows();
      if (rows < 0) return arrow::Status::Invalid("a row group of negative size");
      row_begin_.push_back(row_begin_.back() + static_cast<uint64_t>(rows));
    }
    return arrow::Status::OK();
  }));
  RETURN_IF_ERROR(check_layout());
  return check_schema();
}

Status ParquetRecordReader::check_layout() {
  const auto metadata = file_->parquet_reader()->metadata()->key_value_metadata();
  const auto text = metadata ? metadata->Get("custos.layout").ValueOr("") : "";
  int layout = 0;
  std::from_chars(text.data(), text.data() + text.size(), layout);
  if (layout == kLayoutVersion) return {};
  if (layout > kLayoutVersion) {
    return Error{Code::kUnsupported, fmt::format("{} has layout {}, this build reads {}: use a newer custos",
                                                 path_.string(), layout, kLayoutVersion)};
  }
  return Error{Code::kCorrupt, path_.string() + " is not a messages.parquet of custos"};
}

Status ParquetRecordReader::check_schema() {
  std::shared_ptr<arrow::Schema> schema;
  RETURN_IF_ERROR(guarded("cannot read", path_, [&] { return file_->GetSchema(&schema); }));
  const auto expected = record_schema(false);
  for (const auto& wanted : expected->fields()) {
    const auto found = schema->GetFieldByName(wanted->name());
    if (found && found->Equals(*wanted, /*check_metadata=*/false)) continue;
    return Error{Code::kCorrupt, fmt::format("{}: column {} is {}", path_.string(), wanted->name(),
                                             found ? "not of its type" : "missing")};
  }
  return {};
}

Status ParquetRecordReader::load(size_t group) {
  if (loaded_ == group) return {};
  loaded_ = SIZE_MAX;
  batch_.reset();
  RETURN_IF_ERROR(guarded("cannot read", path_, [&]() -> arrow::Status {
    ARROW_ASSIGN_OR_RAISE(auto table, file_->ReadRowGroup(static_cast<int>(group)));
    ARROW_ASSIGN_OR_RAISE(batch_, table->CombineChunksToBatch());
    return batch_->ValidateFull();
  }));
  if (static_cast<uint64_t>(batch_->num_rows()) != row_begin_[group + 1] - row_begin_[group]) {
    return Error{Code::kCorrupt,
                 fmt::format("{}: row group {} has other rows than its footer says", path_.string(), group)};
  }
  loaded_ = group;
  return {};
}

Result<Record> ParquetRecordReader::read(uint64_t row) {
  assert(row < rows());
  const auto after = std::ranges::upper_bound(row_begin_, row);
  const auto group = static_cast<size_t>(after - row_begin_.begin() - 1);
  RETURN_IF_ERROR(load(group));
  const auto at = static_cast<int64_t>(row - row_begin_[group]);
  Record record = row_headers(at);
  std::string text = text_at(column("redacted"), at);
  std::string subject = text_at(column("subject"), at);
  auto entities = entities_at(column("entities"), at);
  auto subject_entities = entities_at(column("subject_entities"), at);
  if (!are_sound(entities, text.size()) || !are_sound(subject_entities, subject.size())) {
    return corrupt("an entity lies outside its text", row);
  }
  record.text = restore(std::move(text), std::move(entities));
  record.subject = restore(std::move(subject), std::move(subject_entities));
  const Status parts = read_parts(at, record);
  if (!parts.ok()) return corrupt(parts.error().message, row);
  return record;
}

Record ParquetRecordReader::row_headers(int64_t row) const {
  Record record;
  record.id = text_at(column("id"), row);
  record.tokens = tokens_at(column("tokens"), row);
  record.message_id = text_at(column("message_id"), row);
  if (!column("date").IsNull(row)) {
    const int64_t microseconds = static_cast<const arrow::TimestampArray&>(column("date")).Value(row);
    const auto& offset = column("date_offset");
    record.date = {microseconds / 1'000'000, offset.IsNull(row) ? 0 : static_cast<int32_t>(offset_at(offset, row))};
  }
  record.channel = text_at(column("channel"), row);
  record.in_reply_to = strings_at(column("in_reply_to"), row);
  record.references = strings_at(column("references"), row);
  record.list_id = text_at(column("list_id"), row);
  record.chunks = chunks_at(column("chunks"), row);
  record.defects = strings_at(column("defects"), row);
  record.edrm_mih = text_at(column("edrm_mih"), row);
  record.content_key = digest_at(column("content_key"), row);
  record.raw_digest = digest_at(column("raw_digest"), row);
  record.raw_bytes = static_cast<uint64_t>(int64_at(column("raw_bytes"), row));
  record.raw_kind =
      text_at(column("raw_kind"), row) == "record" ? document::RawKind::kRecord : document::RawKind::kMail;
  record.flags = text_at(column("flags"), row);
  return record;
}

Status ParquetRecordReader::read_parts(int64_t row, Record& record) const {
  const ListView parts(column("parts"));
  const ItemRange range = parts.row(row);
  for (int64_t item = range.begin; item < range.end; ++item) {
    ASSIGN_OR_RETURN(RecordPart part, read_part(parts, item, record.text.text()));
    record.parts.push_back(std::move(part));
  }
  const bool chunks_fit = std::ranges::all_of(record.chunks, [&](const document::Chunk& chunk) {
    return chunk.part < record.parts.size() && chunk.span.begin <= chunk.span.end &&
           chunk.span.end <= record.parts[chunk.part].text.text().size();
  });
  if (!chunks_fit) return Error{Code::kCorrupt, "a chunk lies outside its part"};
  return {};
}

Result<RecordPart> ParquetRecordReader::read_part(const ListView& parts, int64_t item,
                                                  const std::string& joined) const {
  ASSIGN_OR_RETURN(std::string text, part_text(parts, item, joined));
  std::string name = text_at(parts.field(2), item);
  auto removed = removed_at(parts.field(11), item);
  auto entities = entities_at(parts.field(13), item);
  auto name_entities = entities_at(parts.field(14), item);
  if (!removed || !are_sound(*removed, text.size())) return Error{Code::kCorrupt, "a removed span is not sound"};
  if (!are_sound(entities, text.size()) || !are_sound(name_entities, name.size())) {
    return Error{Code::kCorrupt, "an entity lies outside its part"};
  }
  return RecordPart{.number = text_at(parts.field(0), item),
                    .content_type = text_at(parts.field(1), item),
                    .name = restore(std::move(name), std::move(name_entities)),
                    .bytes = static_cast<uint64_t>(int64_at(parts.field(3), item)),
                    .sha256 = digest_at(parts.field(4), item),
                    .is_attachment = flag_at(parts.field(5), item),
                    .is_body = flag_at(parts.field(6), item),
                    .text = restore(std::move(text), std::move(entities)),
                    .removed = std::move(*removed),
                    .language = text_at(parts.field(12), item)};
}

Result<std::string> ParquetRecordReader::part_text(const ListView& parts, int64_t item,
                                                   const std::string& joined) const {
  if (parts.field(8).IsNull(item) || parts.field(9).IsNull(item)) return text_at(parts.field(7), item);
  const uint32_t begin = offset_at(parts.field(8), item);
  const uint32_t end = offset_at(parts.field(9), item);
  if (begin > end || end > joined.size()) return Error{Code::kCorrupt, "a part lies outside the text"};
  return joined.substr(begin, end - begin);
}

Result<std::vector<std::string>> ParquetRecordReader::ids() {
  std::vector<std::string> ids;
  RETURN_IF_ERROR(guarded("cannot read", path_, [&]() -> arrow::Status {
    ARROW_ASSIGN_OR_RAISE(auto table, file_->ReadTable(std::vector<int>{0}));
    if (table->schema()->field(0)->name() != "id") return arrow::Status::Invalid("the first column is not id");
    ARROW_RETURN_NOT_OK(table->ValidateFull());
    for (const auto& chunk : table->column(0)->chunks()) {
      for (int64_t row = 0; row < chunk->length(); ++row) ids.push_back(text_at(*chunk, row));
    }
    return arrow::Status::OK();
  }));
  if (ids.size() != rows()) return corrupt("ids and rows differ in number", ids.size());
  return ids;
}

}  // namespace

document::RedactedText RecordReader::restore(std::string text, std::vector<document::Entity> entities) {
  return {std::move(text), std::move(entities)};
}

Result<std::unique_ptr<RecordReader>> RecordReader::open(const std::filesystem::path& path) {
  auto reader = std::make_unique<ParquetRecordReader>(path);
  RETURN_IF_ERROR(reader->open());
  return std::unique_ptr<RecordReader>(std::move(reader));
}

}  // namespace custos::columns
