// Points in Qdrant: a collection for each model, whose index keeps the points of a SOURCE together.
#pragma once

#include <memory>
#include <string>

#include "client/qdrant.h"
#include "store/vector_store.h"
#include "store/vectors/vector_url.h"

namespace custos::store {

class QdrantVectorStore final : public VectorStore {
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
  Result<uint64_t> count() override { return client_->count(collection_); }
  Result<std::vector<PointId>> ids(PointId begin, uint32_t limit) override;
  Status flush() override { return {}; }  // every write waits until it is in the server's log and applied
  Status drop() override { return client_->drop_collection(collection_); }
  Result<uint32_t> drop_other_models() override;
  Status set_alias() override { return client_->set_alias(base_, collection_); }

 private:
  QdrantVectorStore(std::unique_ptr<client::Qdrant> client, const VectorUrl& url, const VectorStoreOptions& options);
  Status prepare();

  const std::unique_ptr<client::Qdrant> client_;
  const VectorStoreOptions options_;
  const std::string base_;
  const std::string collection_;
  const std::string name_;
};

}  // namespace custos::store
