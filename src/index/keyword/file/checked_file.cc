#include "index/keyword/file/checked_file.h"

#include <fmt/format.h>
#include <sys/mman.h>

#include <cstddef>
#include <cstring>
#include <utility>

#include "base/digest.h"
#include "base/file.h"
#include "index/keyword/file/paged_writer.h"

namespace custos::index {

CheckedFile& CheckedFile::operator=(CheckedFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(footer_, other.footer_);
  std::swap(good_pages_, other.good_pages_);
  return *this;
}

CheckedFile::~CheckedFile() {
  if (data_ != nullptr) ::munmap(const_cast<char*>(data_), size_);
}

Error CheckedFile::damaged(uint64_t offset, std::string_view what) const {
  return {Code::kCorrupt,
          fmt::format("{} at byte {}: {}; custos rebuild --index makes it anew", path_.string(), offset, what)};
}

Error CheckedFile::corrupt(PartName part, uint64_t offset, std::string_view what) const {
  return damaged(footer_.parts[part].offset + offset, what);
}

Result<CheckedFile> CheckedFile::open(const std::filesystem::path& path) {
  CheckedFile checked;
  checked.path_ = path;
  ASSIGN_OR_RETURN(const File file, File::open_read(path));
  ASSIGN_OR_RETURN(const uint64_t size, file.size());
  if (size < sizeof(FileHeader) + sizeof(FileFooter)) return checked.damaged(size, "too short for a postings file");
  void* data = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file.descriptor(), 0);
  if (data == MAP_FAILED) return io_error("cannot map", path);
  checked.data_ = static_cast<const char*>(data);
  checked.size_ = size;
  RETURN_IF_ERROR(checked.read_footer());
  return checked;
}

Status CheckedFile::read_footer() {
  FileHeader header;
  std::memcpy(&header, data_, sizeof header);
  if (header.magic != kPostingsMagic) return damaged(0, "not a postings file");
  if (header.version > kPostingsVersion) {
    return Error{Code::kUnsupported, fmt::format("{} has version {}, newer than {}: use a newer custos", path_.string(),
                                                 header.version, kPostingsVersion)};
  }
  const uint64_t footer_at = size_ - sizeof footer_;
  std::memcpy(&footer_, data_ + footer_at, sizeof footer_);
  const uint64_t hash = hash64({data_ + footer_at, offsetof(FileFooter, footer_hash)});
  if (footer_.magic != kPostingsMagic || footer_.footer_hash != hash)
    return damaged(footer_at, "footer damaged or cut");
  RETURN_IF_ERROR(check_parts());
  const FilePart& pages = footer_.parts[kPages];
  if (hash64({data_ + pages.offset, pages.size}) != footer_.pages_hash) {
    return damaged(pages.offset, "checksums do not match their own");
  }
  good_pages_ = std::make_unique<std::atomic<uint64_t>[]>(pages.size / sizeof(uint32_t) / 64 + 1);
  return check_page(0);
}

// All parts lie inside the file, one behind the other, with sizes that fit the counts.
Status CheckedFile::check_parts() const {
  const uint64_t footer_at = size_ - sizeof footer_;
  uint64_t end = sizeof(FileHeader);
  for (const FilePart& part : footer_.parts) {
    if (part.offset < end || part.offset % 8 != 0 || part.offset > footer_at || part.size > footer_at - part.offset) {
      return damaged(footer_at, "a part lies outside the file");
    }
    end = part.offset + part.size;
  }
  const FilePart& pages = footer_.parts[kPages];
  const bool fits = pages.size == (pages.offset + kPageBytes - 1) / kPageBytes * sizeof(uint32_t) &&
                    footer_.rows < kRowsMax && footer_.parts[kLengths].size == uint64_t{footer_.rows} * kTextFields &&
                    footer_.parts[kDates].size == uint64_t{footer_.rows} * sizeof(int64_t) && footer_.terms < kNoRow &&
                    footer_.dictionary_blocks == (footer_.terms + kTermsPerBlock - 1) / kTermsPerBlock &&
                    footer_.parts[kDictionaryIndex].size >= footer_.dictionary_blocks * sizeof(DictionaryBlock);
  return fits ? Status() : damaged(footer_at, "sizes of parts do not fit each other");
}

Status CheckedFile::check_page(uint64_t page) const {
  std::atomic<uint64_t>& word = good_pages_[page / 64];
  const uint64_t bit = uint64_t{1} << (page % 64);
  if ((word.load(std::memory_order_relaxed) & bit) != 0) return {};
  const FilePart& pages = footer_.parts[kPages];
  uint32_t expected;
  std::memcpy(&expected, data_ + pages.offset + page * sizeof expected, sizeof expected);
  const uint64_t begin = page * kPageBytes;
  const std::string_view bytes(data_ + begin, std::min(kPageBytes, pages.offset - begin));
  if (page_hash(bytes) != expected) return damaged(begin, "checksum does not match");
  word.fetch_or(bit, std::memory_order_relaxed);
  return {};
}

Result<std::string_view> CheckedFile::read(PartName name, uint64_t offset, uint64_t size) const {
  const FilePart& part = footer_.parts[name];
  if (offset > part.size || size > part.size - offset) return corrupt(name, offset, "points outside its part");
  if (size == 0) return std::string_view(data_ + part.offset + offset, 0);
  const uint64_t begin = part.offset + offset;
  for (uint64_t page = begin / kPageBytes; page <= (begin + size - 1) / kPageBytes; ++page) {
    RETURN_IF_ERROR(check_page(page));
  }
  return std::string_view(data_ + begin, size);
}

Status CheckedFile::check() const {
  const uint64_t pages = footer_.parts[kPages].size / sizeof(uint32_t);
  for (uint64_t page = 0; page < pages; ++page) RETURN_IF_ERROR(check_page(page));
  return {};
}

}  // namespace custos::index
