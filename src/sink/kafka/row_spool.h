// Rows that wait for their commit, in a file without a name: a commit may be larger than what memory should hold.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/result.h"

namespace custos::sink {

// Not for use by two threads at once.
class RowSpool {
 public:
  [[nodiscard]] Status add(std::string_view key, std::string_view value);
  // Each row in order; an error of `take` ends it. What is added later comes behind.
  [[nodiscard]] Status for_each(const std::function<Status(std::string_view key, std::string_view value)>& take);
  [[nodiscard]] Status clear();
  [[nodiscard]] bool empty() const { return rows_ == 0; }

 private:
  [[nodiscard]] Status open();
  [[nodiscard]] Status flush();

  File file_;
  std::string buffer_;  // not yet in the file
  uint64_t file_bytes_ = 0;
  uint64_t rows_ = 0;
};

}  // namespace custos::sink
