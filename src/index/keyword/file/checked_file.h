// A mapped file whose pages are compared with their checksums when they are first read.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>

#include "base/result.h"
#include "index/keyword/file/format.h"

namespace custos::index {

// Immutable but for what has been compared already; thread-safe.
class CheckedFile {
 public:
  CheckedFile() = default;
  CheckedFile(CheckedFile&& other) noexcept { *this = std::move(other); }
  CheckedFile& operator=(CheckedFile&& other) noexcept;
  ~CheckedFile();

  [[nodiscard]] static Result<CheckedFile> open(const std::filesystem::path& path);
  [[nodiscard]] const FileFooter& footer() const { return footer_; }

  // `size` bytes at `offset` of a part; kCorrupt where they lie outside it or a page of them is damaged. At least 8
  // bytes behind them may be read, but not trusted.
  [[nodiscard]] Result<std::string_view> read(PartName part, uint64_t offset, uint64_t size) const;
  [[nodiscard]] Result<std::string_view> read(PartName part) const { return read(part, 0, footer_.parts[part].size); }
  // Compares every page.
  [[nodiscard]] Status check() const;

  // An error about the byte at `offset` of a part.
  [[nodiscard]] Error corrupt(PartName part, uint64_t offset, std::string_view what) const;

 private:
  [[nodiscard]] Status read_footer();
  [[nodiscard]] Status check_parts() const;
  [[nodiscard]] Status check_page(uint64_t page) const;
  [[nodiscard]] Error damaged(uint64_t offset, std::string_view what) const;

  std::filesystem::path path_;
  const char* data_ = nullptr;
  uint64_t size_ = 0;
  FileFooter footer_;
  std::unique_ptr<std::atomic<uint64_t>[]> good_pages_;  // bits
};

}  // namespace custos::index
