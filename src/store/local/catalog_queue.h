// The tasks and leases of a catalog.
#pragma once

#include <memory>
#include <mutex>
#include <utility>

#include "store/catalog/catalog.h"
#include "store/work.h"

namespace custos::store {

class CatalogQueue final : public WorkQueue {
 public:
  explicit CatalogQueue(std::unique_ptr<Catalog> catalog) : catalog_(std::move(catalog)) {}

  Result<SourceId> register_source(const std::string& name) override;
  Result<std::string> source_name(SourceId source) override;
  Result<std::optional<Lease>> acquire_lease(const std::string& name, const std::string& owner,
                                             uint32_t seconds) override;
  Result<Lease> take_lease(const std::string& name, const std::string& owner, uint32_t seconds) override;
  Result<bool> renew_lease(const Lease& lease, uint32_t seconds) override;
  Status release_lease(const Lease& lease) override;
  Result<bool> add_task(SourceId source, const std::vector<std::string>& files, uint64_t bytes) override;
  Result<std::optional<TakenTask>> take_task(const std::string& owner, uint32_t seconds) override;
  Status finish_task(const TakenTask& taken, TaskEnd end, const std::string& reason) override;
  Result<TaskCounts> task_counts() override;

 private:
  std::mutex mutex_;
  const std::unique_ptr<Catalog> catalog_;
};

}  // namespace custos::store
