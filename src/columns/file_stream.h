// A file that Arrow writes to, with our errors and a real fsync.
#pragma once

#include <arrow/io/interfaces.h>
#include <arrow/result.h>

#include <cstdint>
#include <filesystem>
#include <memory>

#include "base/file.h"
#include "base/result.h"

namespace custos::columns {

class FileStream final : public arrow::io::OutputStream {
 public:
  [[nodiscard]] static Result<std::shared_ptr<FileStream>> create(const std::filesystem::path& path);
  ~FileStream() override;

  arrow::Status Write(const void* data, int64_t bytes) override;
  arrow::Result<int64_t> Tell() const override { return position_; }
  arrow::Status Close() override;
  bool closed() const override { return closed_; }

  // Returns when all that was written is on the disk.
  [[nodiscard]] Status sync();
  // What the operating system said of the first write that failed.
  [[nodiscard]] const Status& failure() const { return failure_; }

 private:
  explicit FileStream(File file) : file_(std::move(file)) {}

  File file_;
  int64_t position_ = 0;
  bool closed_ = false;
  Status failure_;
};

}  // namespace custos::columns
