#include "store/local/merger.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "index/vector_file.h"
#include "store/local/layout.h"
#include "store/segment/segment_copy.h"

namespace custos::store {
namespace {

constexpr uint64_t kTellEvery = 256;
constexpr char kMergeLease[] = "merge";
constexpr uint32_t kMergeLeaseSeconds = 600;  // one merge takes seconds
constexpr uint64_t kRevisionsMax = 8;         // of a segment that was never committed

}  // namespace

Result<uint64_t> Merger::run() {
  RETURN_IF_ERROR(check_free(writer_));
  const AtWork at_work(writer_);
  if (writer_.lock) return merge_all();  // nobody else can be at it
  ASSIGN_OR_RETURN(lease_, writer_.catalog->acquire_lease(kMergeLease, writer_.owner, kMergeLeaseSeconds));
  if (!lease_) return uint64_t{0};  // another one is at it
  const Status swept = remove_abandoned();
  Result<uint64_t> gone = swept.ok() ? merge_all() : Result<uint64_t>(swept.error());
  RETURN_IF_ERROR(writer_.catalog->release_lease(*lease_));
  return gone;
}

Result<bool> Merger::keep_lease() {
  if (!lease_) return true;
  return writer_.catalog->renew_lease(*lease_, kMergeLeaseSeconds);
}

// Only what cannot be committed any more.
Status Merger::remove_abandoned() {
  ASSIGN_OR_RETURN(const std::vector<Abandoned> all, writer_.catalog->abandoned());
  for (const Abandoned& one : all) {
    for (const int64_t segment : one.segments) {
      for (uint64_t revision = 0; revision <= kRevisionsMax; ++revision) {
        RETURN_IF_ERROR(writer_.storage.remove_segment(segment_name(segment, revision)));
      }
    }
    for (const uint32_t pack : one.packs) RETURN_IF_ERROR(writer_.storage.remove_pack(pack));
    RETURN_IF_ERROR(writer_.catalog->forget_abandoned(one.block));
  }
  return {};
}

Result<uint64_t> Merger::merge_all() {
  ASSIGN_OR_RETURN(const std::string model, writer_.catalog->meta(kMetaEmbeddingModel));
  uint64_t gone = 0;
  while (true) {
    // Another one's messages may still come in between those of segments at or beyond the horizon.
    ASSIGN_OR_RETURN(const MessageKey horizon, writer_.catalog->merge_horizon());
    ASSIGN_OR_RETURN(std::vector<SegmentRow> rows, writer_.catalog->segments());
    std::erase_if(rows, [&](const SegmentRow& row) { return row.last >= horizon; });
    std::vector<MergeCandidate> candidates;
    for (const SegmentRow& row : rows) {
      ASSIGN_OR_RETURN(MergeCandidate one, candidate(row, !model.empty()));
      candidates.push_back(std::move(one));
    }
    const MergeRange range = choose_merge(candidates);
    if (range.begin == range.end) return gone;
    ASSIGN_OR_RETURN(const bool held, keep_lease());
    if (!held) return gone;
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
  ASSIGN_OR_RETURN(const std::vector<MessageKey> keys, writer_.catalog->keys_of_segment(row));
  if (keys.size() != row.messages) {
    return Error{Code::kCorrupt, fmt::format("{}: the catalog counts {} messages and has {}; run custos rebuild",
                                             row.name, row.messages, keys.size())};
  }
  const auto choose = [&](uint64_t at) -> Result<std::optional<CopiedRow>> {
    ASSIGN_OR_RETURN(PersonNumbers people, writer_.catalog->person_numbers(keys[at]));
    ++progress_.messages;
    if (progress_.messages % kTellEvery == 0 && observe_) RETURN_IF_ERROR(observe_(progress_));
    return std::optional(CopiedRow{keys[at], std::move(people)});
  };
  return copy_segment(folder, row, choose, writer);
}

Status Merger::publish(std::span<const SegmentRow> rows, SegmentWriter& writer) {
  ASSIGN_OR_RETURN(const SegmentRow merged, writer.finish());
  RETURN_IF_ERROR(writer_.storage.put_segment(merged.name));
  RETURN_IF_ERROR(writer_.catalog->begin());
  if (lease_) RETURN_IF_ERROR(writer_.catalog->require_lease(*lease_));
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
