// Reads records out of segments; keeps the last few files open.
#pragma once

#include <filesystem>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "base/result.h"
#include "columns/record_table.h"
#include "document/record.h"

namespace custos::store {

// Thread-safe.
class SegmentReader {
 public:
  explicit SegmentReader(std::filesystem::path segments) : segments_(std::move(segments)) {}
  // kCorrupt where the segment has fewer rows.
  [[nodiscard]] Result<document::Record> read(const std::string& segment, uint64_t row);

 private:
  struct Open {
    std::string segment;
    std::unique_ptr<columns::RecordReader> reader;
  };
  Result<columns::RecordReader*> open(const std::string& segment);

  const std::filesystem::path segments_;
  std::mutex mutex_;
  std::list<Open> open_;  // the latest used first
};

}  // namespace custos::store
