// A folder of this machine, a file, or a pipe.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "source/folder/file_tree.h"
#include "source/folder/folder_walk.h"
#include "source/folder/size_count.h"

namespace custos::source {

class DiskTree final : public FileTree {
 public:
  // REQUIRES: `path` exists, or is "-".
  DiskTree(std::filesystem::path path, uint32_t folder_depth_max);

  Result<std::optional<WalkEntry>> next() override;
  bool restart() override;
  bool is_single() const override { return !walk_.has_value(); }
  std::optional<State> state(const WalkEntry& entry) override;
  int64_t problem_time(const WalkEntry& entry) override;
  Result<std::unique_ptr<ByteStream>> open(const WalkEntry& entry) override;
  std::string flags(const WalkEntry& entry) const override;
  std::optional<uint64_t> count_bytes() override;
  uint64_t bytes_read() const override { return bytes_read_; }

 private:
  [[nodiscard]] std::filesystem::path on_disk(const WalkEntry& entry) const;

  const std::filesystem::path path_;
  const uint32_t folder_depth_max_;
  std::optional<FolderWalk> walk_;  // nothing for a single file
  std::optional<SizeCount> count_;
  std::optional<uint64_t> bytes_total_;
  bool is_pipe_ = false;
  bool single_done_ = false;
  std::atomic<uint64_t> bytes_read_{0};
};

}  // namespace custos::source
