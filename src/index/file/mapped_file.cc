#include "index/file/mapped_file.h"

#include <sys/mman.h>

#include <utility>

#include "base/file.h"

namespace custos::index {

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)), path_(std::move(other.path_)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(path_, other.path_);
  return *this;
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<char*>(data_), size_);
}

Result<MappedFile> MappedFile::open(const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(const File file, File::open_read(path));
  ASSIGN_OR_RETURN(const uint64_t size, file.size());
  MappedFile mapped;
  mapped.path_ = path;
  if (size == 0) return mapped;
  void* const address = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file.descriptor(), 0);
  if (address == MAP_FAILED) return io_error("cannot map", path);
  mapped.data_ = static_cast<const char*>(address);
  mapped.size_ = size;
  return mapped;
}

}  // namespace custos::index
