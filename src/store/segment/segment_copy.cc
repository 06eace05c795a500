#include "store/segment/segment_copy.h"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>

#include "columns/record_table.h"
#include "index/vector_file.h"
#include "store/segment/manifest.h"

namespace custos::store {
namespace {

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

Status copy_segment(const std::filesystem::path& folder, const SegmentRow& row, const RowCopied& choose,
                    SegmentWriter& writer) {
  ASSIGN_OR_RETURN(const Manifest manifest, read_manifest(folder, row.manifest));
  RETURN_IF_ERROR(check_file(folder, manifest, kMessagesFile));
  ASSIGN_OR_RETURN(const auto reader, columns::RecordReader::open(folder / kMessagesFile));
  ASSIGN_OR_RETURN(VectorsOf vectors, VectorsOf::open(folder, row));
  if (reader->rows() != row.messages) {
    return Error{Code::kCorrupt, fmt::format("segments/{}/{}: {} rows, the catalog has {}; run custos rebuild",
                                             row.name, kMessagesFile, reader->rows(), row.messages)};
  }
  for (uint64_t at = 0; at < row.messages; ++at) {
    ASSIGN_OR_RETURN(document::Record record, reader->read(at));
    RETURN_IF_ERROR(vectors.fill(record, at, row.name));
    ASSIGN_OR_RETURN(const std::optional<CopiedRow> copied, choose(at));
    if (copied) RETURN_IF_ERROR(writer.append(record, copied->key, copied->people));
  }
  return {};
}

}  // namespace custos::store
