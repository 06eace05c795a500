// Where the messages of a snapshot are: from a key to its segment and row.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "store/entry.h"
#include "store/snapshot.h"

namespace custos::query {

// Immutable; a few bytes a message where a segment's keys do not ascend, else
// none.
class KeyRows {
 public:
  explicit KeyRows(std::shared_ptr<const store::Snapshot> snapshot);

  struct Row {
    uint32_t segment = 0;
    uint32_t row = 0;
  };
  [[nodiscard]] std::optional<Row> find(store::MessageKey key) const;
  [[nodiscard]] const std::shared_ptr<const store::Snapshot>& snapshot() const { return snapshot_; }

 private:
  struct Segment {
    store::MessageKey least{}, greatest{};
    std::vector<uint32_t> order;  // rows by ascending key; empty where rows have that order
  };
  std::shared_ptr<const store::Snapshot> snapshot_;
  std::vector<Segment> segments_;
};

}  // namespace custos::query
