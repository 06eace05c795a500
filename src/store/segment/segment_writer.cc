#include "store/segment/segment_writer.h"

#include <fmt/format.h>

#include <iterator>
#include <utility>

#include "base/digest.h"
#include "store/segment/manifest.h"

namespace custos::store {
namespace {

// `show` decodes one row group for one message, so they are smaller than what a scan would like best.
constexpr uint32_t kRowGroupRows = 1024;
constexpr uint32_t kChunkRowGroupRows = 16384;  // of a hundred bytes

}  // namespace

Result<std::unique_ptr<SegmentWriter>> SegmentWriter::create(const std::filesystem::path& segments,
                                                             const std::string& archive_id, int64_t id,
                                                             std::string name, const PublicationOptions& options) {
  ASSIGN_OR_RETURN(SegmentFolder folder, SegmentFolder::create(segments, std::move(name)));
  std::unique_ptr<SegmentWriter> writer(new SegmentWriter(std::move(folder), archive_id, options));
  writer->row_.id = id;
  RETURN_IF_ERROR(writer->open_files());
  return writer;
}

Status SegmentWriter::open_files() {
  columns::TableOptions table{.row_group_rows = kRowGroupRows, .metadata = options_.versions};
  ASSIGN_OR_RETURN(messages_, columns::RecordWriter::create(folder_.path() / kMessagesFile, table));
  table.row_group_rows = kChunkRowGroupRows;
  ASSIGN_OR_RETURN(chunks_, columns::ChunkWriter::create(folder_.path() / kChunksFile, table));
  ASSIGN_OR_RETURN(indexes_, IndexThread::create(folder_.path(), options_.index_subject));
  if (options_.embedding_model.empty()) return {};
  ASSIGN_OR_RETURN(vectors_, index::VectorWriter::create(folder_.path() / kVectorsFile, options_.embedding_width,
                                                         options_.embedding_model));
  return {};
}

Status SegmentWriter::append(const document::Record& record, MessageKey key, const PersonNumbers& people) {
  if (!vectors_ && !record.vectors.empty()) {
    return Error{Code::kInvalidArgument, fmt::format("{} has vectors, and no model is named for them", record.id)};
  }
  RETURN_IF_ERROR(messages_->append(record, {}));
  RETURN_IF_ERROR(chunks_->append(record, rows_));
  RETURN_IF_ERROR(indexes_->append(record, people));
  if (vectors_) RETURN_IF_ERROR(append_vectors(*vectors_, record, rows_, options_.embedding_width));
  if (rows_ == 0) row_.first = key;
  row_.last = key;
  ++rows_;
  return {};
}

// The writer's own files are finished and described while the indexes' thread does the same with its own.
Status SegmentWriter::finish_files() {
  row_.messages = messages_->rows();
  row_.chunks = chunks_->rows();
  row_.vectors = vectors_ ? row_.chunks : 0;
  end_rows();
  RETURN_IF_ERROR(messages_->finish());
  RETURN_IF_ERROR(chunks_->finish());
  if (vectors_) RETURN_IF_ERROR(vectors_->finish());
  messages_.reset();
  chunks_.reset();
  for (const char* const name : {kMessagesFile, kChunksFile, kVectorsFile}) {
    if (name == kVectorsFile && !vectors_) continue;
    ASSIGN_OR_RETURN(ManifestFile file, folder_.describe(name));
    files_.push_back(std::move(file));
  }
  ASSIGN_OR_RETURN(std::vector<ManifestFile> indexes, indexes_->finish());
  indexes_.reset();
  files_.insert(files_.end(), std::make_move_iterator(indexes.begin()), std::make_move_iterator(indexes.end()));
  return {};
}

std::string SegmentWriter::describe() {
  Manifest manifest{archive_id_,  row_.name,         row_.messages,    row_.chunks,
                    row_.vectors, std::move(files_), options_.versions};
  manifest.set_version(kSubjectVersion, options_.index_subject ? "true" : "false");
  for (const ManifestFile& file : manifest.files) row_.bytes += file.bytes;
  return manifest.json();
}

Result<SegmentRow> SegmentWriter::finish() {
  row_.name = folder_.name();
  RETURN_IF_ERROR(finish_files());
  const std::string manifest = describe();
  row_.manifest = blake2b(manifest);
  RETURN_IF_ERROR(folder_.finish(manifest));
  return row_;
}

}  // namespace custos::store
