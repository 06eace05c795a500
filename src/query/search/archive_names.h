// People and threads of one archive, as rows of one snapshot.
#pragma once

#include "query/plan/plan.h"
#include "store/archive.h"
#include "store/snapshot.h"

namespace custos::query {

class ArchiveNames final : public NameResolver {
 public:
  ArchiveNames(const store::Archive& archive, const store::Snapshot& snapshot)
      : archive_(archive), snapshot_(snapshot) {}

  Result<std::vector<uint64_t>> people(std::string_view text) const override { return archive_.find_people(text); }
  Result<std::vector<index::RowSet>> thread(std::string_view name) const override;

 private:
  const store::Archive& archive_;
  const store::Snapshot& snapshot_;
};

}  // namespace custos::query
