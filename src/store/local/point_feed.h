// A publication's vectors on their way into a vector store: they are there before the messages are committed.
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "store/catalog/row.h"
#include "store/vector_store.h"

namespace custos::store {

class PointFeed {
 public:
  // `store` may be null: then nothing is sent.
  PointFeed(VectorStore* store, uint32_t width) : store_(store), width_(width) {}

  [[nodiscard]] Status add(const document::Record& record, MessageKey key, SourceId source,
                           const PersonNumbers& people);
  // Returns when the store has everything that was added.
  [[nodiscard]] Status send();
  // Messages that were added and sent, and will not be committed.
  [[nodiscard]] Status remove(std::span<const MessageKey> keys);

 private:
  VectorStore* const store_;
  const uint32_t width_;
  std::vector<Point> waiting_;
  std::unordered_map<int64_t, uint32_t> sent_;  // points of each message, by key
};

}  // namespace custos::store
