// What the tests of sources share: folders of files that they write, and the two properties that every source has.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "source/source.h"

namespace custos::source::testing {

// A folder that goes with the test.
class TestFolder {
 public:
  TestFolder();
  ~TestFolder();
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  // Makes the folders above it too; returns the file's path.
  std::filesystem::path write(std::string_view name, std::string_view bytes) const;
  void append(std::string_view name, std::string_view bytes) const;

 private:
  std::filesystem::path path_;
};

using States = std::map<std::string, FileState>;

struct Walk {
  std::vector<Item> items;  // without those that only change a state
  States states;
  SourceProgress progress;

  [[nodiscard]] std::vector<document::RawDocument> documents() const;
  [[nodiscard]] std::vector<document::SkippedSpan> skipped() const;
  // "path: reason" of those that failed.
  [[nodiscard]] std::vector<std::string> failures() const;
};

// Walks to the end, or commits only the first `items_max` items.
Walk walk(const std::filesystem::path& path, const SourceOptions& options = {}, const States& states = {},
          size_t items_max = SIZE_MAX);

// Every logical file's spans tile [0, its end), and the last one says that it is.
void expect_tiles(const Walk& walked);
// Committing any prefix and opening anew gives exactly the rest; and after all, nothing. `stride`: cuts at each so
// many.
void expect_resumes(const std::filesystem::path& path, const SourceOptions& options = {}, size_t stride = 1);
// Both, for the file as it is; returns the walk.
Walk walk_checked(const std::filesystem::path& path, const SourceOptions& options = {});

// A message of about `bytes` bytes, different for each number.
std::string message(int number, size_t bytes = 300);
// `count` messages with From_ lines and empty lines between.
std::string mbox(int count, size_t bytes = 300);

}  // namespace custos::source::testing
