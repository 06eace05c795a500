#include "store/segment/segment_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "base/digest.h"
#include "base/file.h"
#include "store/segment/manifest.h"

namespace custos::store {
namespace {

// `show` decodes one row group for one message, so they are smaller than what a scan would like best.
constexpr uint32_t kRowGroupRows = 1024;
constexpr uint32_t kChunkRowGroupRows = 16384;  // of a hundred bytes

}  // namespace

std::string segment_name(int64_t id) { return fmt::format("s{:08}", id); }

bool is_segment_name(std::string_view name) {
  if (name.ends_with(".tmp")) name.remove_suffix(4);
  return name.size() >= 9 && name.front() == 's' &&
         std::all_of(name.begin() + 1, name.end(), [](char digit) { return digit >= '0' && digit <= '9'; });
}

Result<std::unique_ptr<SegmentWriter>> SegmentWriter::create(
    const std::filesystem::path& segments, const std::string& archive_id, int64_t id,
    const std::vector<std::pair<std::string, std::string>>& versions) {
  std::unique_ptr<SegmentWriter> writer(new SegmentWriter());
  writer->segments_ = segments;
  writer->archive_id_ = archive_id;
  writer->versions_ = versions;
  writer->row_ = {id, segment_name(id)};
  writer->folder_ = segments / (writer->row_.name + ".tmp");
  std::error_code failure;
  if (!std::filesystem::create_directory(writer->folder_, failure)) {
    return io_error("cannot create the folder", writer->folder_, failure ? failure.value() : EEXIST);
  }
  columns::TableOptions options{.row_group_rows = kRowGroupRows, .metadata = versions};
  ASSIGN_OR_RETURN(writer->messages_, columns::RecordWriter::create(writer->folder_ / kMessagesFile, options));
  options.row_group_rows = kChunkRowGroupRows;
  ASSIGN_OR_RETURN(writer->chunks_, columns::ChunkWriter::create(writer->folder_ / kChunksFile, options));
  return writer;
}

SegmentWriter::~SegmentWriter() {
  messages_.reset();
  chunks_.reset();
  std::error_code ignored;  // the next open for writing tries again
  if (!keep_ && !folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

Result<uint64_t> SegmentWriter::append(const document::Record& record) {
  const uint64_t row = messages_->rows();
  RETURN_IF_ERROR(messages_->append(record, {}));
  RETURN_IF_ERROR(chunks_->append(record, row));
  return row;
}

Result<std::string> SegmentWriter::describe() {
  Manifest manifest{archive_id_, row_.name, row_.messages, row_.chunks, {}, versions_};
  for (const char* name : {kMessagesFile, kChunksFile}) {
    ASSIGN_OR_RETURN(ManifestFile file, describe_file(folder_ / name));
    row_.bytes += file.bytes;
    manifest.files.push_back(std::move(file));
  }
  return manifest.json();
}

Result<SegmentRow> SegmentWriter::finish() {
  row_.messages = messages_->rows();
  row_.chunks = chunks_->rows();
  RETURN_IF_ERROR(messages_->finish());
  RETURN_IF_ERROR(chunks_->finish());
  messages_.reset();
  chunks_.reset();
  ASSIGN_OR_RETURN(const std::string manifest, describe());
  row_.manifest = blake2b(manifest);
  RETURN_IF_ERROR(write_file_durably(folder_ / kManifestFile, manifest));
  const std::filesystem::path named = segments_ / row_.name;
  std::error_code failure;
  std::filesystem::rename(folder_, named, failure);
  if (failure) return io_error("cannot rename to", named, failure.value());
  folder_ = named;
  RETURN_IF_ERROR(sync_folder(segments_));
  return row_;
}

}  // namespace custos::store
