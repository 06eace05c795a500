// Points in memory, searched one by one: exact, for tests and as the reference of the others.
#pragma once

#include <map>
#include <shared_mutex>
#include <string>

#include "store/vector_store.h"

namespace custos::store {

class MemoryVectorStore final : public VectorStore {
 public:
  explicit MemoryVectorStore(uint32_t width) : width_(width) {}

  const std::string& name() const override { return name_; }
  uint32_t width() const override { return width_; }
  Status upsert(std::span<const Point> points) override;
  Status remove(std::span<const PointId> ids) override;
  Result<std::vector<VectorMatch>> search(std::span<const float> query, uint32_t limit,
                                          const VectorFilter& filter) override;
  Result<uint64_t> count() override;
  Result<std::vector<PointId>> ids(PointId begin, uint32_t limit) override;
  Status flush() override { return {}; }
  Status drop() override;
  Result<uint32_t> drop_other_models() override { return 0U; }
  Status set_alias() override { return {}; }

 private:
  const uint32_t width_;
  const std::string name_ = "memory";
  std::shared_mutex mutex_;
  std::map<PointId, Point> points_;
};

}  // namespace custos::store
