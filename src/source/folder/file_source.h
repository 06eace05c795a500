// Files as a Source: a folder tree, one file, a pipe, or objects in a store.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "source/folder/file_part.h"
#include "source/folder/file_reading.h"
#include "source/folder/file_tree.h"
#include "source/source.h"

namespace custos::source {

class FileSource : public Source {
 public:
  // With `part`, of that file alone; options.range_first and range_last name it. A part that cannot be read to its end
  // is an error: it is a task, and tasks are tried again.
  FileSource(std::unique_ptr<FileTree> tree, const SourceOptions& options, FileLookup lookup,
             std::optional<FilePart> part = {});
  [[nodiscard]] Result<std::optional<Item>> next() override;
  [[nodiscard]] SourceProgress progress() const override;

 private:
  using Clock = std::chrono::steady_clock;

  // The next file of the range: sets reading_ where there is something to read; an item where it cannot be read.
  [[nodiscard]] Result<std::optional<Item>> begin(const WalkEntry& entry);
  // Nothing to read: as it was when it was read to its end. `before`: what is known of it, or of its part.
  [[nodiscard]] bool is_unchanged(const std::optional<FileState>& before, const std::optional<FileTree::State>& state);
  [[nodiscard]] std::optional<Item> problem(const WalkEntry& entry, const std::optional<FileState>& before);
  [[nodiscard]] Result<std::optional<WalkEntry>> next_entry();
  // Whether the file is, in this run, as it was when it was looked at last.
  [[nodiscard]] bool is_seen(const WalkEntry& entry, const std::optional<FileTree::State>& state);
  // All was walked: nothing, or a pause until it is time to look again.
  [[nodiscard]] std::optional<Item> wait();

  const std::unique_ptr<FileTree> tree_;
  const SourceOptions options_;
  const FileLookup lookup_;
  const std::optional<FilePart> part_;
  Window window_;
  std::unique_ptr<FileReading> reading_;
  bool is_in_range_ = false;
  bool range_done_ = false;
  bool is_walked_ = false;
  std::optional<Clock::time_point> look_again_;
  std::unordered_map<std::string, FileTree::State> seen_;  // with polling alone

  std::atomic<uint64_t> bytes_total_{0};
  std::atomic<uint64_t> bytes_passed_over_{0};  // of files that are as they were
  std::atomic<uint64_t> files_unchanged_{0};
};

}  // namespace custos::source
