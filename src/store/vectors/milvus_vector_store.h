// Points in Milvus: a collection for each model, a partition for each SOURCE.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "client/milvus.h"
#include "store/vector_store.h"
#include "store/vectors/vector_url.h"

namespace custos::store {

// "s7" for source 7. Milvus has 1,024 partitions at most: from kOwnPartitions on, sources share kSharedPartitions
// ("h5"), and the expression tells them apart.
inline constexpr int64_t kOwnPartitions = 896;
inline constexpr int64_t kSharedPartitions = 64;
[[nodiscard]] std::string partition_of(int64_t source);

class MilvusVectorStore final : public VectorStore {
 public:
  [[nodiscard]] static Result<std::unique_ptr<VectorStore>> open(const VectorUrl& url,
                                                                 const VectorStoreOptions& options,
                                                                 std::stop_token stop);

  const std::string& name() const override { return name_; }
  uint32_t width() const override { return options_.width; }
  Status upsert(std::span<const Point> points) override;
  Status remove(std::span<const PointId> ids) override;
  Result<std::vector<VectorMatch>> search(std::span<const float> query, uint32_t limit,
                                          const VectorFilter& filter) override;
  Result<uint64_t> count() override;
  Result<std::vector<PointId>> ids(PointId begin, uint32_t limit) override;
  Status flush() override { return client_->flush(collection_); }
  Status drop() override { return client_->drop_collection(collection_); }
  Result<uint32_t> drop_other_models() override;
  Status set_alias() override { return client_->set_alias(base_, collection_); }

 private:
  MilvusVectorStore(std::unique_ptr<client::Milvus> client, const VectorUrl& url, const VectorStoreOptions& options);
  Status prepare();
  Status upsert_batch(const std::string& partition, std::span<const Point* const> points);
  Status need_partition(const std::string& name);
  // Those of the sources that there are; nothing where any source may match.
  [[nodiscard]] Result<std::optional<std::vector<std::string>>> partitions_of(const VectorFilter& filter);

  const std::unique_ptr<client::Milvus> client_;
  const VectorStoreOptions options_;
  const std::string base_;
  const std::string collection_;
  const std::string name_;
  std::mutex mutex_;
  std::set<std::string> partitions_;  // known to be there
};

}  // namespace custos::store
