#include "store/local/catalog_queue.h"

namespace custos::store {

Result<SourceId> CatalogQueue::register_source(const std::string& name) {
  const std::scoped_lock lock(mutex_);
  return catalog_->register_source(name);
}

Result<std::string> CatalogQueue::source_name(SourceId source) {
  const std::scoped_lock lock(mutex_);
  return catalog_->source_name(source);
}

Result<std::optional<Lease>> CatalogQueue::acquire_lease(const std::string& name, const std::string& owner,
                                                         uint32_t seconds) {
  const std::scoped_lock lock(mutex_);
  return catalog_->acquire_lease(name, owner, seconds);
}

Result<Lease> CatalogQueue::take_lease(const std::string& name, const std::string& owner, uint32_t seconds) {
  const std::scoped_lock lock(mutex_);
  return catalog_->take_lease(name, owner, seconds);
}

Result<bool> CatalogQueue::renew_lease(const Lease& lease, uint32_t seconds) {
  const std::scoped_lock lock(mutex_);
  return catalog_->renew_lease(lease, seconds);
}

Status CatalogQueue::release_lease(const Lease& lease) {
  const std::scoped_lock lock(mutex_);
  return catalog_->release_lease(lease);
}

Result<bool> CatalogQueue::add_task(SourceId source, const std::vector<std::string>& files, uint64_t bytes) {
  const std::scoped_lock lock(mutex_);
  return catalog_->add_task(source, files, bytes);
}

Result<std::optional<TakenTask>> CatalogQueue::take_task(const std::string& owner, uint32_t seconds) {
  const std::scoped_lock lock(mutex_);
  return catalog_->take_task(owner, seconds);
}

Status CatalogQueue::finish_task(const TakenTask& taken, TaskEnd end, const std::string& reason) {
  const std::scoped_lock lock(mutex_);
  return catalog_->finish_task(taken, end, reason);
}

Result<TaskCounts> CatalogQueue::task_counts() {
  const std::scoped_lock lock(mutex_);
  return catalog_->task_counts();
}

}  // namespace custos::store
