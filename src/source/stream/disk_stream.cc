#include "source/stream/disk_stream.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace custos::source {
namespace {

Error unreadable(int number) {
  return {number == ENOENT ? Code::kNotFound : Code::kIo, "unreadable: " + std::generic_category().message(number)};
}

}  // namespace

Result<DiskStream> DiskStream::open(const std::filesystem::path& path, std::atomic<uint64_t>& bytes_read) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (descriptor < 0) return unreadable(errno);
  DiskStream stream(descriptor, bytes_read);
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) return unreadable(errno);
  if (!S_ISREG(status.st_mode)) return Error{Code::kUnsupported, "not a regular file"};
  stream.size_ = static_cast<uint64_t>(status.st_size);
  stream.modified_ns_ = status.st_mtim.tv_sec * 1'000'000'000LL + status.st_mtim.tv_nsec;
  return stream;
}

Result<DiskStream> DiskStream::open_pipe(const std::filesystem::path& path, std::atomic<uint64_t>& bytes_read) {
  const int descriptor =
      path == "-" ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (descriptor < 0) return unreadable(errno);
  return DiskStream(descriptor, bytes_read);
}

DiskStream::DiskStream(DiskStream&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      size_(other.size_),
      modified_ns_(other.modified_ns_),
      offset_(other.offset_),
      bytes_read_(other.bytes_read_) {}

DiskStream::~DiskStream() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<size_t> DiskStream::read(std::span<char> buffer) {
  if (size_) buffer = buffer.first(std::min<uint64_t>(buffer.size(), *size_ - offset_));
  if (buffer.empty()) return size_t{0};
  ssize_t count = -1;
  do {
    count = ::read(descriptor_, buffer.data(), buffer.size());
  } while (count < 0 && errno == EINTR);
  if (count < 0) {
    return Error{Code::kIo, fmt::format("unreadable at byte {}: {}", offset_, std::generic_category().message(errno))};
  }
  if (count == 0 && size_) {
    return Error{Code::kCorrupt, fmt::format("ends at byte {}; it had {} bytes when it was opened", offset_, *size_)};
  }
  offset_ += static_cast<uint64_t>(count);
  bytes_read_ += static_cast<uint64_t>(count);
  return static_cast<size_t>(count);
}

bool DiskStream::seek(uint64_t offset) {
  if (!size_ || offset > *size_ || ::lseek(descriptor_, static_cast<off_t>(offset), SEEK_SET) < 0) return false;
  offset_ = offset;
  return true;
}

}  // namespace custos::source
