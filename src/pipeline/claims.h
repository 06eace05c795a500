// Which document of a run is the first with a given key, while its segment is not committed yet.
#pragma once

#include <cstdint>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "base/digest.h"

namespace custos::pipeline {

// Workers meet copies of one message in any order; the ledger must not depend on it. The document that comes first in
// the source is the one that is stored, so a worker may leave a later copy's text unprocessed as soon as it knows an
// earlier one. Holds at most the keys between two commits. Thread-safe.
class Claims {
 public:
  // True when no earlier document has claimed the key: the caller must process its own copy in full.
  [[nodiscard]] bool claim(const Digest& key, uint64_t document) {
    const std::scoped_lock lock(mutex_);
    const auto [entry, added] = first_.try_emplace(key, document);
    if (added) return true;
    if (entry->second < document) return false;
    entry->second = document;
    return true;
  }

  // Forgets the claims of documents below `committed`: the catalog knows them now.
  void forget(uint64_t committed) {
    const std::scoped_lock lock(mutex_);
    std::erase_if(first_, [&](const auto& entry) { return entry.second < committed; });
  }

 private:
  std::mutex mutex_;
  std::unordered_map<Digest, uint64_t> first_;
};

}  // namespace custos::pipeline
