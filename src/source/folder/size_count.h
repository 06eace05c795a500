// How many bytes there are to read, found out in small steps beside the reading.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace custos::source {

// Adds up the sizes of the regular files below a folder; links are left out.
class SizeCount {
 public:
  explicit SizeCount(const std::filesystem::path& root) : pending_{root} {}
  ~SizeCount();
  SizeCount(const SizeCount&) = delete;
  SizeCount& operator=(const SizeCount&) = delete;

  // Looks at up to `entries` more; true when all is counted.
  bool step(int entries);
  [[nodiscard]] uint64_t bytes() const { return bytes_; }

 private:
  bool open_next();

  std::vector<std::filesystem::path> pending_;
  std::filesystem::path folder_;
  void* handle_ = nullptr;  // DIR*
  uint64_t bytes_ = 0;
};

}  // namespace custos::source
