#include "store/local/remade_segment.h"

#include <fmt/format.h>

#include "base/digest.h"
#include "store/local/layout.h"

namespace custos::store {

Result<RemadeSegment> RemadeSegment::begin(Storage& storage, const SegmentRow& old) {
  ASSIGN_OR_RETURN(std::filesystem::path from, storage.segment(old.name, kSegmentFiles));
  ASSIGN_OR_RETURN(Manifest manifest, read_manifest(from, old.manifest));
  SegmentRow row = old;
  row.name = next_revision(old.name);
  ASSIGN_OR_RETURN(SegmentFolder folder, SegmentFolder::create(storage.new_segments(), row.name));
  return RemadeSegment(std::move(folder), std::move(from), std::move(row), std::move(manifest));
}

Result<std::unique_ptr<columns::RecordReader>> RemadeSegment::open_messages() const {
  RETURN_IF_ERROR(check_file(old_, manifest_, kMessagesFile));
  ASSIGN_OR_RETURN(auto reader, columns::RecordReader::open(old_ / kMessagesFile));
  if (reader->rows() == row_.messages) return reader;
  return Error{Code::kCorrupt, fmt::format("{}: {} rows, the catalog has {}; run custos rebuild",
                                           (old_ / kMessagesFile).string(), reader->rows(), row_.messages)};
}

Status RemadeSegment::keep_file(const char* name) {
  const ManifestFile* const file = manifest_.file(name);
  if (file == nullptr) return {};
  files_.push_back(*file);  // with the old hash: damage that the file has is not approved by this
  return folder_.take(old_, name);
}

Status RemadeSegment::add_file(const char* name) {
  ASSIGN_OR_RETURN(ManifestFile file, folder_.describe(name));
  files_.push_back(std::move(file));
  return {};
}

Status RemadeSegment::finish(const std::vector<std::pair<std::string, std::string>>& versions) {
  manifest_.segment = row_.name;
  manifest_.vectors = row_.vectors;
  manifest_.files = std::move(files_);
  for (const auto& [name, version] : versions) manifest_.set_version(name, version);
  row_.bytes = 0;
  for (const ManifestFile& file : manifest_.files) row_.bytes += file.bytes;
  const std::string json = manifest_.json();
  row_.manifest = blake2b(json);
  return folder_.finish(json);
}

Status RemadeSegment::publish(Writer& writer, std::vector<RemadeSegment>& segments, const std::string* model) {
  for (const RemadeSegment& segment : segments) RETURN_IF_ERROR(writer.storage.put_segment(segment.row_.name));
  RETURN_IF_ERROR(writer.catalog->begin());
  const auto replace = [&]() -> Status {
    for (const RemadeSegment& segment : segments) RETURN_IF_ERROR(writer.catalog->replace_segment(segment.row_));
    return model == nullptr ? Status() : writer.catalog->set_meta(kMetaEmbeddingModel, *model);
  };
  if (const Status replaced = replace(); !replaced.ok()) {
    writer.catalog->rollback();
    return replaced;
  }
  // From here on only the catalog knows which of the two folders exists: neither is removed before it was asked.
  for (RemadeSegment& segment : segments) segment.folder_.keep();
  if (const Status committed = writer.catalog->commit(); !committed.ok()) {
    writer.broken = true;
    writer.catalog->rollback();
    return committed;
  }
  for (const RemadeSegment& segment : segments) {
    // Nothing names it any more; what cannot be removed now costs room.
    static_cast<void>(writer.storage.remove_segment(segment.old_.filename().string()).ok());
  }
  return {};
}

}  // namespace custos::store
