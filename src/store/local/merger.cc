#include "store/local/merger.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/digest.h"
#include "columns/record_table.h"
#include "index/vector_file.h"
#include "store/local/layout.h"

namespace custos::store {
namespace {

constexpr uint64_t kTellEvery = 256;

// The vectors of a segment, one message after the other.
class VectorsOf {
 public:
  static Result<VectorsOf> open(const std::filesystem::path& folder, const SegmentRow& row) {
    VectorsOf vectors;
    if (row.vectors == 0) return vectors;
    ASSIGN_OR_RETURN(vectors.reader_, index::VectorReader::open(folder / kVectorsFile));
    RETURN_IF_ERROR(vectors.reader_->check());
    return vectors;
  }
  Status fill(document::Record& record, uint64_t row, const std::string& segment) {
    if (!reader_) return {};
    const uint32_t width = reader_->width();
    record.vectors.resize(record.chunks.size() * width);
    const std::span<float> all = record.vectors;
    for (size_t at = 0; at < record.chunks.size(); ++at, ++next_) {
      if (next_ >= reader_->size() || reader_->row_of(next_) != row) {
        return Error{Code::kCorrupt, fmt::format("segments/{}/{}: vector {} is not of row {}; run custos rebuild "
                                                 "--embeddings",
                                                 segment, kVectorsFile, next_, row)};
      }
      reader_->read(next_, all.subspan(at * width, width));
    }
    return {};
  }

 private:
  std::shared_ptr<const index::VectorReader> reader_;
  uint32_t next_ = 0;
};

}  // namespace

Result<uint64_t> Merger::run() {
  RETURN_IF_ERROR(check_free(writer_));
  const AtWork at_work(writer_);
  ASSIGN_OR_RETURN(const std::string model, writer_.catalog->meta(kMetaEmbeddingModel));
  uint64_t gone = 0;
  while (true) {
    ASSIGN_OR_RETURN(const std::vector<SegmentRow> rows, writer_.catalog->segments());
    std::vector<MergeCandidate> candidates;
    for (const SegmentRow& row : rows) {
      ASSIGN_OR_RETURN(MergeCandidate one, candidate(row, !model.empty()));
      candidates.push_back(std::move(one));
    }
    const MergeRange range = choose_merge(candidates);
    if (range.begin == range.end) return gone;
    RETURN_IF_ERROR(merge(std::span(rows).subspan(range.begin, range.end - range.begin), model));
    gone += range.end - range.begin - 1;
  }
}

Result<MergeCandidate> Merger::candidate(const SegmentRow& row, bool archive_has_vectors) const {
  ASSIGN_OR_RETURN(const std::filesystem::path folder, writer_.storage.segment(row.name, {}));
  ASSIGN_OR_RETURN(const Manifest manifest, read_manifest(folder, row.manifest));
  // One without chunks goes with those that are embedded.
  const bool embedded = row.chunks == 0 ? archive_has_vectors : row.vectors > 0;
  std::string kind = embedded ? "embedded" : "";
  for (const auto& [name, version] : manifest.versions) kind += fmt::format("\n{}={}", name, version);
  const ManifestFile* const postings = manifest.file(kPostingsFile);
  const uint64_t postings_bytes = postings == nullptr ? 0 : postings->bytes;
  return MergeCandidate{row.messages, postings_bytes, std::move(kind)};
}

Result<PublicationOptions> Merger::options_for(std::span<const SegmentRow> rows, const std::string& model) const {
  ASSIGN_OR_RETURN(const std::filesystem::path first, writer_.storage.segment(rows.front().name, {}));
  ASSIGN_OR_RETURN(const Manifest manifest, read_manifest(first, rows.front().manifest));
  PublicationOptions options{manifest.versions, manifest.version(kSubjectVersion) != "false"};
  const auto embedded = std::ranges::find_if(rows, [](const SegmentRow& row) { return row.vectors > 0; });
  if (embedded == rows.end()) return options;
  constexpr const char* kFiles[] = {kVectorsFile};
  ASSIGN_OR_RETURN(const std::filesystem::path folder, writer_.storage.segment(embedded->name, kFiles));
  ASSIGN_OR_RETURN(const auto vectors, index::VectorReader::open(folder / kVectorsFile));
  options.embedding_model = model;
  options.embedding_width = vectors->width();
  return options;
}

Status Merger::merge(std::span<const SegmentRow> rows, const std::string& model) {
  for (const SegmentRow& row : rows) progress_.messages_total += row.messages;
  ASSIGN_OR_RETURN(const PublicationOptions options, options_for(rows, model));
  ASSIGN_OR_RETURN(const auto writer,
                   SegmentWriter::create(writer_.storage.new_segments(), writer_.archive_id, rows.front().id,
                                         next_revision(rows.front().name), options));
  for (const SegmentRow& row : rows) RETURN_IF_ERROR(copy(row, *writer));
  return publish(rows, *writer);
}

Status Merger::copy(const SegmentRow& row, SegmentWriter& writer) {
  ASSIGN_OR_RETURN(const std::filesystem::path folder, writer_.storage.segment(row.name, kSegmentFiles));
  ASSIGN_OR_RETURN(const Manifest manifest, read_manifest(folder, row.manifest));
  // A copy gets new hashes: damage must be seen before.
  RETURN_IF_ERROR(check_file(folder, manifest, kMessagesFile));
  ASSIGN_OR_RETURN(const auto reader, columns::RecordReader::open(folder / kMessagesFile));
  ASSIGN_OR_RETURN(VectorsOf vectors, VectorsOf::open(folder, row));
  ASSIGN_OR_RETURN(const std::vector<MessageKey> keys, writer_.catalog->keys_of_segment(row));
  if (reader->rows() != keys.size()) {
    return Error{Code::kCorrupt, fmt::format("segments/{}/{}: {} rows, the catalog has {}; run custos rebuild",
                                             row.name, kMessagesFile, reader->rows(), keys.size())};
  }
  for (uint64_t at = 0; at < keys.size(); ++at) {
    ASSIGN_OR_RETURN(document::Record record, reader->read(at));
    RETURN_IF_ERROR(vectors.fill(record, at, row.name));
    ASSIGN_OR_RETURN(const PersonNumbers people, writer_.catalog->person_numbers(keys[at]));
    RETURN_IF_ERROR(writer.append(record, keys[at], people));
    ++progress_.messages;
    if (progress_.messages % kTellEvery == 0 && observe_) RETURN_IF_ERROR(observe_(progress_));
  }
  return {};
}

Status Merger::publish(std::span<const SegmentRow> rows, SegmentWriter& writer) {
  ASSIGN_OR_RETURN(const SegmentRow merged, writer.finish());
  RETURN_IF_ERROR(writer_.storage.put_segment(merged.name));
  RETURN_IF_ERROR(writer_.catalog->begin());
  if (const Status joined = writer_.catalog->join_segments(rows, merged); !joined.ok()) {
    writer_.catalog->rollback();
    return joined;
  }
  // From here on only the catalog knows which folders exist: none is removed before it was asked.
  writer.keep();
  if (const Status committed = writer_.catalog->commit(); !committed.ok()) {
    writer_.broken = true;
    writer_.catalog->rollback();
    return committed;
  }
  for (const SegmentRow& row : rows) {
    // Nothing names it any more; what cannot be removed now costs room.
    static_cast<void>(writer_.storage.remove_segment(row.name).ok());
  }
  return observe_ ? observe_(progress_) : Status();
}

}  // namespace custos::store
