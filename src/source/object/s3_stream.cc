#include "source/object/s3_stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/digest.h"

namespace custos::source {
namespace {

constexpr uint64_t kRangeBytes = 8ULL << 20;

}  // namespace

int64_t modified_ns_of(const client::S3Object& object) {
  constexpr int64_t kSecond = 1'000'000'000;
  return object.modified_s * kSecond + static_cast<int64_t>(hash64(object.etag) % kSecond);
}

S3Stream::S3Stream(std::shared_ptr<client::S3> s3, client::S3Location at, client::S3Object object,
                   std::atomic<uint64_t>& bytes_read)
    : s3_(std::move(s3)), at_(std::move(at)), object_(std::move(object)), bytes_read_(bytes_read) {}

S3Stream::~S3Stream() {
  if (asked_.valid()) asked_.wait();
}

void S3Stream::ask(uint64_t offset) {
  if (offset >= object_.size) return;
  const client::S3Range range{offset, std::min(offset + kRangeBytes, object_.size)};
  asked_at_ = offset;
  asked_ = std::async(std::launch::async, [this, range] { return s3_->get_range(at_, range, object_.etag); });
}

Status S3Stream::take() {
  if (asked_.valid() && asked_at_ != offset_) static_cast<void>(asked_.get());
  if (!asked_.valid()) ask(offset_);
  Result<std::string> got = asked_.get();
  if (!got.ok()) {
    has_failed_ = true;
    const bool is_other = got.error().code == Code::kConflict || got.error().code == Code::kNotFound;
    const std::string why = is_other ? "the object changed while it was read" : got.error().message;
    return Error{got.error().code, fmt::format("unreadable at byte {}: {}", offset_, why)};
  }
  if (got->size() != std::min(kRangeBytes, object_.size - offset_)) {
    return Error{Code::kCorrupt, fmt::format("ends at byte {}; it had {} bytes when it was listed",
                                             offset_ + got->size(), object_.size)};
  }
  range_ = std::move(got).value();
  used_ = 0;
  ask(offset_ + range_.size());
  return {};
}

Result<size_t> S3Stream::read(std::span<char> buffer) {
  if (offset_ >= object_.size || buffer.empty()) return size_t{0};
  if (used_ == range_.size()) RETURN_IF_ERROR(take());
  const size_t count = std::min(buffer.size(), range_.size() - used_);
  std::memcpy(buffer.data(), range_.data() + used_, count);
  used_ += count;
  offset_ += count;
  bytes_read_ += count;
  return count;
}

bool S3Stream::seek(uint64_t offset) {
  if (offset > object_.size) return false;
  range_.clear();
  used_ = 0;
  offset_ = offset;
  return true;
}

}  // namespace custos::source
