// A file on disk as it was when it was opened, or a pipe.
#pragma once

#include <atomic>
#include <filesystem>

#include "source/stream/byte_stream.h"

namespace custos::source {

// A regular file is read to the size that it had when it was opened: what is appended meanwhile is the next run's. One
// that ends before is an error. A pipe is read to its end.
class DiskStream : public ByteStream {
 public:
  // Never waits for a pipe's other end; `bytes_read` counts what is taken from the disk.
  [[nodiscard]] static Result<DiskStream> open(const std::filesystem::path& path, std::atomic<uint64_t>& bytes_read);
  // A pipe that the user named, or stdin where `path` is "-".
  [[nodiscard]] static Result<DiskStream> open_pipe(const std::filesystem::path& path,
                                                    std::atomic<uint64_t>& bytes_read);
  DiskStream(DiskStream&& other) noexcept;
  DiskStream& operator=(DiskStream&&) = delete;
  ~DiskStream() override;

  [[nodiscard]] Result<size_t> read(std::span<char> buffer) override;
  [[nodiscard]] std::optional<uint64_t> size() const override { return size_; }
  [[nodiscard]] bool seek(uint64_t offset) override;
  [[nodiscard]] int64_t modified_ns() const override { return modified_ns_; }

 private:
  DiskStream(int descriptor, std::atomic<uint64_t>& bytes_read) : descriptor_(descriptor), bytes_read_(bytes_read) {}

  int descriptor_;
  std::optional<uint64_t> size_;
  int64_t modified_ns_ = 0;
  uint64_t offset_ = 0;
  std::atomic<uint64_t>& bytes_read_;
};

}  // namespace custos::source
