// Renews leases for as long as a worker has them.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "store/work.h"

namespace custos::app {

inline constexpr uint32_t kLeaseSeconds = 60;

// Thread-safe. A lease that is lost is noticed by the commit that requires it.
class LeaseKeeper {
 public:
  // `queue` must outlive it.
  explicit LeaseKeeper(store::WorkQueue& queue);
  void hold(const store::Lease& lease);
  void drop(const std::string& name);
  [[nodiscard]] std::optional<store::Lease> held(const std::string& name) const;

 private:
  void run(const std::stop_token& stop);

  store::WorkQueue& queue_;
  mutable std::mutex mutex_;
  std::condition_variable_any woken_;
  std::map<std::string, store::Lease> leases_;
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace custos::app
