// One object, read range by range; the next range comes while one is used.
#pragma once

#include <atomic>
#include <future>
#include <memory>
#include <string>

#include "client/s3.h"
#include "source/stream/byte_stream.h"

namespace custos::source {

// Of FileState. Servers tell times of change in seconds: what is below a second tells objects of one second apart by
// their ETag.
[[nodiscard]] int64_t modified_ns_of(const client::S3Object& object);

class S3Stream final : public ByteStream {
 public:
  // Reads the object that `object` describes, and no other one that may take its place meanwhile.
  S3Stream(std::shared_ptr<client::S3> s3, client::S3Location at, client::S3Object object,
           std::atomic<uint64_t>& bytes_read);
  ~S3Stream() override;

  Result<size_t> read(std::span<char> buffer) override;
  std::optional<uint64_t> size() const override { return object_.size; }
  // 0 once the server failed: the next run finds another time than this one noted, and reads the object again.
  int64_t modified_ns() const override { return has_failed_ ? 0 : modified_ns_of(object_); }
  bool seek(uint64_t offset) override;

 private:
  // Asks for the range at `offset`, on another thread.
  void ask(uint64_t offset);
  Status take();

  const std::shared_ptr<client::S3> s3_;
  const client::S3Location at_;
  const client::S3Object object_;
  std::atomic<uint64_t>& bytes_read_;
  std::string range_;
  size_t used_ = 0;      // of range_
  uint64_t offset_ = 0;  // of range_'s first byte that was not used
  std::future<Result<std::string>> asked_;
  uint64_t asked_at_ = 0;
  bool has_failed_ = false;
};

}  // namespace custos::source
