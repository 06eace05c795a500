// Writes the parts of a file one after the other and keeps a checksum of every 4 KiB page. Private to file.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "index/keyword/file/format.h"

namespace custos::index {

// The checksum of one page: the low half of XXH3.
[[nodiscard]] uint32_t page_hash(std::string_view page);

class PagedWriter {
 public:
  explicit PagedWriter(File file) : file_(std::move(file)) {}

  [[nodiscard]] Status write(std::string_view bytes);
  // Writes the pieces as one part that begins at a multiple of 8.
  [[nodiscard]] Status write_part(std::initializer_list<std::string_view> pieces, FilePart& part);
  // The checksums of all pages so far, the last of which may be short; then the footer, whose hashes it fills in.
  // Syncs.
  [[nodiscard]] Status finish(FileFooter& footer);

 private:
  File file_;
  uint64_t offset_ = 0;
  std::string page_;  // begun and not yet full
  std::vector<uint32_t> hashes_;
};

}  // namespace custos::index
