#include "app/lease_keeper.h"

#include <chrono>
#include <vector>

namespace custos::app {
namespace {

constexpr std::chrono::seconds kRenewEvery(kLeaseSeconds / 4);

}  // namespace

LeaseKeeper::LeaseKeeper(store::WorkQueue& queue)
    : queue_(queue), thread_([this](const std::stop_token& stop) { run(stop); }) {}

void LeaseKeeper::hold(const store::Lease& lease) {
  const std::scoped_lock lock(mutex_);
  leases_[lease.name] = lease;
}

void LeaseKeeper::drop(const std::string& name) {
  const std::scoped_lock lock(mutex_);
  leases_.erase(name);
}

std::optional<store::Lease> LeaseKeeper::held(const std::string& name) const {
  const std::scoped_lock lock(mutex_);
  const auto at = leases_.find(name);
  return at == leases_.end() ? std::nullopt : std::optional(at->second);
}

void LeaseKeeper::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    std::vector<store::Lease> all;
    {
      std::unique_lock lock(mutex_);
      woken_.wait_for(lock, stop, kRenewEvery, [] { return false; });
      for (const auto& [name, lease] : leases_) all.push_back(lease);
    }
    if (stop.stop_requested()) return;
    for (const store::Lease& lease : all) {
      const auto renewed = queue_.renew_lease(lease, kLeaseSeconds);
      if (!renewed.ok()) break;  // the database is away: the commit will tell
      if (!*renewed) drop(lease.name);
    }
  }
}

}  // namespace custos::app
