// Which lease stands for which file of a run, where several processes read one SOURCE.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/work.h"

namespace custos::pipeline {

// Asked before a file's progress is looked up: what was committed of it by then is all that its last owner ever
// commits. Nothing where the file needs no lease.
using ClaimFile = std::function<Result<std::optional<store::Lease>>(store::SourceId source, const std::string& file)>;

// Thread-safe.
class FileLeases {
 public:
  void set(const std::string& file, store::Lease lease) {
    const std::scoped_lock lock(mutex_);
    leases_[file] = std::move(lease);
  }
  // Of the files that have one; each lease once.
  template <typename Files>
  [[nodiscard]] std::vector<store::Lease> of(const Files& files) const {
    const std::scoped_lock lock(mutex_);
    std::vector<store::Lease> all;
    std::set<std::string> named;
    for (const auto& [file, state] : files) {
      const auto at = leases_.find(file);
      if (at != leases_.end() && named.insert(at->second.name).second) all.push_back(at->second);
    }
    return all;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, store::Lease> leases_;
};

}  // namespace custos::pipeline
