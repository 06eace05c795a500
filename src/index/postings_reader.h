// Reads the postings file of one segment.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

#include "base/result.h"

namespace custos::index {

// Immutable and thread-safe; the file is mapped. Searching is in keyword_search.h.
class PostingsReader {
 public:
  virtual ~PostingsReader() = default;
  // Checks header, footer and bounds of every table, not each block: those are checked as they are read. kCorrupt names
  // the file and offset; kUnsupported: a newer version.
  [[nodiscard]] static Result<std::shared_ptr<const PostingsReader>> open(const std::filesystem::path& path);

  [[nodiscard]] virtual uint32_t rows() const = 0;
  [[nodiscard]] virtual uint64_t terms() const = 0;
  // Unix seconds by row; INT64_MIN where the message has no date.
  [[nodiscard]] virtual std::span<const int64_t> dates() const = 0;
  // Reads every block and compares checksums, orders and counts: for `verify`.
  [[nodiscard]] virtual Status check() const = 0;
};

}  // namespace custos::index
