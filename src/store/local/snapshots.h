// The snapshot that readers share, made anew when segments were published or replaced.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/catalog/row.h"
#include "store/snapshot.h"
#include "store/storage/storage.h"

namespace custos::store {

// What the catalog says at one moment.
struct SegmentList {
  int64_t change = 0;  // Catalog::change_number() before it was read
  uint64_t commit = 0;
  std::string embedding_model;
  std::vector<SegmentRow> rows;
};

// Thread-safe.
class Snapshots {
 public:
  struct Source {
    std::function<Result<int64_t>()> change;
    std::function<Result<SegmentList>()> list;
    std::function<Result<std::vector<MessageKey>>(const SegmentRow&)> keys;
  };

  // `storage` must outlive it.
  explicit Snapshots(const Storage& storage) : storage_(storage) {}
  // Opens what the last one has not open. One thread opens, the others wait.
  [[nodiscard]] Result<std::shared_ptr<const Snapshot>> get(const Source& source);

 private:
  [[nodiscard]] bool is_current(const SegmentList& list) const;
  Result<std::shared_ptr<const Snapshot>> open(const SegmentList& list, const Source& source) const;

  const Storage& storage_;
  std::mutex mutex_;
  std::shared_ptr<const Snapshot> latest_;
  int64_t change_ = 0;
};

}  // namespace custos::store
