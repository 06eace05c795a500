#include "query/search/archive_names.h"

#include <algorithm>
#include <unordered_set>

namespace custos::query {

Result<std::vector<index::RowSet>> ArchiveNames::thread(std::string_view name) const {
  std::unordered_set<int64_t> members;
  ASSIGN_OR_RETURN(const std::vector<store::MessageKey> keys, archive_.keys_of_thread(name));
  for (const store::MessageKey key : keys) members.insert(static_cast<int64_t>(key));
  std::vector<index::RowSet> rows;
  for (const store::SegmentView& segment : snapshot_.segments) {
    index::RowSet& set = rows.emplace_back(static_cast<uint32_t>(segment.keys.size()));
    for (uint32_t row = 0; row < segment.keys.size(); ++row) {
      if (members.contains(static_cast<int64_t>(segment.keys[row]))) set.add(row);
    }
  }
  return rows;
}

}  // namespace custos::query
