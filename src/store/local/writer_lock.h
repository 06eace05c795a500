// One process at a time writes in a folder.
#pragma once

#include <filesystem>
#include <utility>

#include "base/file.h"
#include "base/result.h"

namespace custos::store {

// flock(2) on FOLDER/lock for as long as it lives; the file says which process.
class WriterLock {
 public:
  // kConflict names the process that has it.
  [[nodiscard]] static Result<WriterLock> acquire(const std::filesystem::path& folder);
  // Whether any process has it now, this one included.
  [[nodiscard]] static bool is_held(const std::filesystem::path& folder);

 private:
  explicit WriterLock(File file) : file_(std::move(file)) {}
  File file_;
};

}  // namespace custos::store
