// A whole file, mapped for reading.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>

#include "base/result.h"

namespace custos::index {

// Movable; unmaps when it goes. Thread-safe. The file must not shrink while it is mapped (segments are immutable):
// reading beyond its new end would be a SIGBUS.
class MappedFile {
 public:
  MappedFile() = default;
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();

  // An empty file is an empty view.
  [[nodiscard]] static Result<MappedFile> open(const std::filesystem::path& path);

  [[nodiscard]] std::string_view bytes() const { return {data_, size_}; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  const char* data_ = nullptr;
  size_t size_ = 0;
  std::filesystem::path path_;
};

}  // namespace custos::index
