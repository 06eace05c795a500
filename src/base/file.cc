#include "base/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace custos {

Error io_error(std::string_view what, const std::filesystem::path& path, int number) {
  if (number == 0) number = errno;
  const Code code = number == ENOENT ? Code::kNotFound : Code::kIo;
  return {code, fmt::format("{} {}: {}", what, path.string(), std::generic_category().message(number))};
}

File::File(File&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)), path_(std::move(other.path_)) {}

File& File::operator=(File&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(path_, other.path_);
  return *this;
}

File::~File() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<File> File::open(const std::filesystem::path& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC, 0640);
  if (descriptor < 0) return io_error("cannot open", path);
  return File(descriptor, path);
}

Result<File> File::open_read(const std::filesystem::path& path) { return open(path, O_RDONLY); }
Result<File> File::create(const std::filesystem::path& path) { return open(path, O_RDWR | O_CREAT | O_TRUNC); }
Result<File> File::open_append(const std::filesystem::path& path) { return open(path, O_RDWR | O_CREAT | O_APPEND); }

Result<size_t> File::read(std::span<char> buffer) {
  while (true) {
    const ssize_t count = ::read(descriptor_, buffer.data(), buffer.size());
    if (count >= 0) return static_cast<size_t>(count);
    if (errno != EINTR) return io_error("cannot read", path_);
  }
}

Status File::read_at(uint64_t offset, std::span<char> buffer) const {
  size_t done = 0;
  while (done < buffer.size()) {
    const ssize_t count =
        ::pread(descriptor_, buffer.data() + done, buffer.size() - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return io_error(fmt::format("cannot read at byte {} of", offset + done), path_);
    if (count == 0) {
      return Error{Code::kCorrupt, fmt::format("{} ends at byte {}, {} bytes too early", path_.string(), offset + done,
                                               buffer.size() - done)};
    }
    done += static_cast<size_t>(count);
  }
  return {};
}

Status File::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor_, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return io_error("cannot write", path_);
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  return {};
}

Status File::sync() {
  if (::fsync(descriptor_) != 0) return io_error("cannot sync", path_);
  return {};
}

Status File::truncate(uint64_t size) {
  if (::ftruncate(descriptor_, static_cast<off_t>(size)) != 0) return io_error("cannot truncate", path_);
  return {};
}

Status File::seek(uint64_t offset) {
  if (::lseek(descriptor_, static_cast<off_t>(offset), SEEK_SET) < 0) return io_error("cannot seek in", path_);
  return {};
}

Result<uint64_t> File::size() const {
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) return io_error("cannot stat", path_);
  return static_cast<uint64_t>(status.st_size);
}

Result<std::string> read_file(const std::filesystem::path& path, uint64_t bytes_max) {
  ASSIGN_OR_RETURN(File file, File::open_read(path));
  std::string bytes;
  std::string buffer(64 << 10, '\0');
  while (true) {
    ASSIGN_OR_RETURN(const size_t count, file.read(buffer));
    if (count == 0) return bytes;
    if (bytes.size() + count > bytes_max) {
      return Error{Code::kLimit, fmt::format("{} is larger than {} bytes", path.string(), bytes_max)};
    }
    bytes.append(buffer, 0, count);
  }
}

Status sync_folder(const std::filesystem::path& folder) {
  ASSIGN_OR_RETURN(File handle, File::open_read(folder));
  return handle.sync();
}

Status write_file_durably(const std::filesystem::path& path, std::string_view bytes) {
  const std::filesystem::path temporary = path.string() + ".tmp";
  {
    ASSIGN_OR_RETURN(File file, File::create(temporary));
    RETURN_IF_ERROR(file.write(bytes));
    RETURN_IF_ERROR(file.sync());
  }
  std::error_code failure;
  std::filesystem::rename(temporary, path, failure);
  if (failure) return io_error("cannot rename to", path, failure.value());
  return sync_folder(path.parent_path().empty() ? "." : path.parent_path());
}

}  // namespace custos
