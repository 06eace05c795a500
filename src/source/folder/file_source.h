// A folder tree, a file, or a pipe as a Source.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>

#include "source/folder/file_reading.h"
#include "source/folder/folder_walk.h"
#include "source/folder/size_count.h"
#include "source/source.h"

namespace custos::source {

class FileSource : public Source {
 public:
  // REQUIRES: `path` exists, or is "-".
  FileSource(std::filesystem::path path, const SourceOptions& options, FileLookup lookup);
  [[nodiscard]] Result<std::optional<Item>> next() override;
  [[nodiscard]] SourceProgress progress() const override;

 private:
  struct OnDisk {
    uint64_t size = 0;
    int64_t modified_ns = 0;
  };

  // The next file; an item where it cannot be read.
  [[nodiscard]] std::optional<Item> begin(const WalkEntry& entry);
  [[nodiscard]] std::optional<Item> problem(const WalkEntry& entry, const std::optional<FileState>& before);
  [[nodiscard]] std::optional<WalkEntry> next_entry();
  [[nodiscard]] std::filesystem::path on_disk(const std::string& file) const;
  [[nodiscard]] LogicalFile logical_file(const WalkEntry& entry) const;
  void finish_file();
  void count_sizes();

  const std::filesystem::path path_;
  const SourceOptions options_;
  const FileLookup lookup_;
  std::optional<FolderWalk> walk_;  // nothing for a single file
  std::optional<SizeCount> count_;
  bool is_pipe_ = false;
  bool single_done_ = false;
  Window window_;
  std::unique_ptr<FileReading> reading_;

  std::atomic<uint64_t> bytes_total_{0};
  std::atomic<uint64_t> bytes_done_{0};     // of files that are finished
  std::atomic<uint64_t> bytes_current_{0};  // of the file at hand
  std::atomic<uint64_t> files_unchanged_{0};
};

}  // namespace custos::source
