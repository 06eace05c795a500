// Reads records out of segments; keeps the last few files open.
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <string>

#include "base/result.h"
#include "columns/record_table.h"
#include "document/record.h"
#include "store/storage/storage.h"

namespace custos::store {

// Thread-safe.
class SegmentReader {
 public:
  // `storage` must outlive it.
  explicit SegmentReader(const Storage& storage) : storage_(storage) {}
  // kCorrupt where the segment has fewer rows.
  [[nodiscard]] Result<document::Record> read(const std::string& segment, uint64_t row);

 private:
  struct Open {
    std::string segment;
    std::unique_ptr<columns::RecordReader> reader;
  };
  Result<columns::RecordReader*> open(const std::string& segment);

  const Storage& storage_;
  std::mutex mutex_;
  std::list<Open> open_;  // the latest used first
};

}  // namespace custos::store
