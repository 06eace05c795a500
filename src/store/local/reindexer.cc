#include "store/local/reindexer.h"

#include <fmt/format.h>

#include <utility>

#include "store/local/layout.h"
#include "store/segment/index_writer.h"

namespace custos::store {
namespace {

constexpr uint64_t kTellEvery = 256;
constexpr size_t kBatchRecords = 256;
constexpr size_t kBatchBytes = 8 << 20;  // of text

size_t bytes_of(const document::Record& record) {
  size_t bytes = record.text.text().size();
  for (const document::RecordPart& part : record.parts) bytes += part.text.text().size();
  return bytes;
}

}  // namespace

Status Reindexer::run() {
  RETURN_IF_ERROR(check_free(writer_));
  if (options_.embed && (options_.embedding_model.empty() || options_.width == 0)) {
    return Error{Code::kInvalidArgument, "vectors need a model and a width"};
  }
  const AtWork at_work(writer_);
  ASSIGN_OR_RETURN(std::vector<SegmentRow> rows, writer_.catalog->segments());
  uint64_t messages = 0;
  for (const SegmentRow& row : rows) messages += row.messages;
  progress_.messages_total = messages * ((options_.postings ? 1 : 0) + (options_.embed ? 1 : 0));
  if (options_.postings) {
    RETURN_IF_ERROR(make_postings(rows));
    ASSIGN_OR_RETURN(rows, writer_.catalog->segments());
  }
  return options_.embed ? make_vectors(rows) : Status();
}

Status Reindexer::tell(uint64_t messages) {
  progress_.messages += messages;
  return observe_ ? observe_(progress_) : Status();
}

Status Reindexer::make_postings(const std::vector<SegmentRow>& rows) {
  for (const SegmentRow& row : rows) {
    ASSIGN_OR_RETURN(RemadeSegment segment, RemadeSegment::begin(writer_.storage, row));
    RETURN_IF_ERROR(write_postings(segment));
    std::vector<RemadeSegment> one;
    one.push_back(std::move(segment));
    RETURN_IF_ERROR(RemadeSegment::publish(writer_, one, nullptr));
  }
  return {};
}

Status Reindexer::write_postings(RemadeSegment& segment) {
  for (const char* file : {kMessagesFile, kChunksFile, kVectorsFile}) RETURN_IF_ERROR(segment.keep_file(file));
  ASSIGN_OR_RETURN(const auto reader, segment.open_messages());
  ASSIGN_OR_RETURN(const auto writer, IndexWriter::create(segment.folder(), options_.index_subject));
  ASSIGN_OR_RETURN(const std::vector<MessageKey> keys, writer_.catalog->keys_of_segment(segment.row()));
  uint64_t untold = 0;
  for (uint64_t row = 0; row < keys.size(); ++row) {
    ASSIGN_OR_RETURN(const document::Record record, reader->read(row));
    ASSIGN_OR_RETURN(const PersonNumbers people, writer_.catalog->person_numbers(keys[row]));
    RETURN_IF_ERROR(writer->append(record, people));
    if (++untold == kTellEvery) RETURN_IF_ERROR(tell(std::exchange(untold, 0)));
  }
  RETURN_IF_ERROR(tell(untold));
  RETURN_IF_ERROR(writer->finish());
  for (const char* file : {kPostingsFile, kTextsFile}) RETURN_IF_ERROR(segment.add_file(file));
  segment.set_version(kSubjectVersion, options_.index_subject ? "true" : "false");
  return segment.finish(options_.versions);
}

bool Reindexer::has_vectors(const SegmentRow& row, const std::string& model_in_force) const {
  if (row.chunks == 0) return true;
  if (row.vectors != row.chunks || model_in_force != options_.embedding_model) return false;
  constexpr const char* kFiles[] = {kVectorsFile};
  const auto folder = writer_.storage.segment(row.name, kFiles);
  if (!folder.ok()) return false;
  const auto vectors = index::VectorReader::open(*folder / kVectorsFile);
  return vectors.ok() && (*vectors)->size() == row.vectors && (*vectors)->width() == options_.width &&
         (*vectors)->model() == options_.embedding_model && (*vectors)->check().ok();
}

Status Reindexer::make_vectors(const std::vector<SegmentRow>& rows) {
  ASSIGN_OR_RETURN(const std::string model, writer_.catalog->meta(kMetaEmbeddingModel));
  std::vector<RemadeSegment> segments;
  for (const SegmentRow& row : rows) {
    if (has_vectors(row, model)) {
      progress_.messages_kept += row.messages;
      RETURN_IF_ERROR(tell(row.messages));
      continue;
    }
    ASSIGN_OR_RETURN(RemadeSegment segment, RemadeSegment::begin(writer_.storage, row));
    RETURN_IF_ERROR(write_vectors(segment));
    segments.push_back(std::move(segment));
  }
  return RemadeSegment::publish(writer_, segments, &options_.embedding_model);
}

Status Reindexer::write_vectors(RemadeSegment& segment) {
  for (const char* file : {kMessagesFile, kChunksFile, kPostingsFile, kTextsFile}) {
    RETURN_IF_ERROR(segment.keep_file(file));
  }
  ASSIGN_OR_RETURN(const auto reader, segment.open_messages());
  ASSIGN_OR_RETURN(const auto writer, index::VectorWriter::create(segment.folder() / kVectorsFile, options_.width,
                                                                  options_.embedding_model));
  RETURN_IF_ERROR(embed_rows(*reader, *writer));
  RETURN_IF_ERROR(writer->finish());
  RETURN_IF_ERROR(segment.add_file(kVectorsFile));
  segment.set_vectors(segment.row().chunks);
  return segment.finish(options_.versions);
}

Status Reindexer::embed_rows(columns::RecordReader& reader, index::VectorWriter& writer) {
  std::vector<document::Record> records;
  for (uint64_t begin = 0; begin < reader.rows(); begin += records.size()) {
    records.clear();
    for (size_t bytes = 0; begin + records.size() < reader.rows() && records.size() < kBatchRecords &&
                           (bytes < kBatchBytes || records.empty());) {
      ASSIGN_OR_RETURN(document::Record record, reader.read(begin + records.size()));
      bytes += bytes_of(record);
      records.push_back(std::move(record));
    }
    std::vector<document::Record*> batch;
    for (document::Record& record : records) batch.push_back(&record);
    RETURN_IF_ERROR(options_.embed(batch));
    for (size_t at = 0; at < records.size(); ++at) {
      RETURN_IF_ERROR(append_vectors(writer, records[at], begin + at, options_.width));
    }
    RETURN_IF_ERROR(tell(records.size()));
  }
  return {};
}

}  // namespace custos::store
