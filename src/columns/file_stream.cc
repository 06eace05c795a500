#include "columns/file_stream.h"

#include <arrow/status.h>

#include <string_view>
#include <utility>

namespace custos::columns {

Result<std::shared_ptr<FileStream>> FileStream::create(const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(File file, File::create(path));
  return std::shared_ptr<FileStream>(new FileStream(std::move(file)));
}

FileStream::~FileStream() = default;

arrow::Status FileStream::Write(const void* data, int64_t bytes) {
  if (closed_) return arrow::Status::Invalid("written to after it was closed");
  if (!failure_.ok()) return arrow::Status::IOError(failure_.error().message);
  failure_ = file_.write({static_cast<const char*>(data), static_cast<size_t>(bytes)});
  if (!failure_.ok()) return arrow::Status::IOError(failure_.error().message);
  position_ += bytes;
  return arrow::Status::OK();
}

arrow::Status FileStream::Close() {
  closed_ = true;
  return arrow::Status::OK();
}

Status FileStream::sync() {
  RETURN_IF_ERROR(failure_);
  failure_ = file_.sync();
  return failure_;
}

}  // namespace custos::columns
