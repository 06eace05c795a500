#include "store/segment/segment_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "store/segment/segment_folder.h"

namespace custos::store {
namespace {

constexpr size_t kOpenMax = 2;  // each holds a decoded row group

}  // namespace

Result<columns::RecordReader*> SegmentReader::open(const std::string& segment) {
  const auto at = std::find_if(open_.begin(), open_.end(), [&](const Open& open) { return open.segment == segment; });
  if (at != open_.end()) {
    open_.splice(open_.begin(), open_, at);
    return open_.front().reader.get();
  }
  constexpr const char* kFiles[] = {kMessagesFile};
  ASSIGN_OR_RETURN(const std::filesystem::path folder, storage_.segment(segment, kFiles));
  ASSIGN_OR_RETURN(auto reader, columns::RecordReader::open(folder / kMessagesFile));
  if (open_.size() >= kOpenMax) open_.pop_back();
  open_.push_front({segment, std::move(reader)});
  return open_.front().reader.get();
}

Result<document::Record> SegmentReader::read(const std::string& segment, uint64_t row) {
  const std::scoped_lock lock(mutex_);
  ASSIGN_OR_RETURN(columns::RecordReader* const reader, open(segment));
  if (row >= reader->rows()) {
    return Error{Code::kCorrupt,
                 fmt::format("segments/{}/{} has no row {}: run custos verify", segment, kMessagesFile, row)};
  }
  return reader->read(row);
}

}  // namespace custos::store
