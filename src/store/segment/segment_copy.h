// The messages of one segment, once more into another.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>

#include "base/result.h"
#include "store/catalog/row.h"
#include "store/segment/segment_writer.h"

namespace custos::store {

struct CopiedRow {
  MessageKey key{};
  PersonNumbers people;
};
// What becomes of a row: nothing for one that is left out.
using RowCopied = std::function<Result<std::optional<CopiedRow>>(uint64_t row)>;

// In the order of rows. `folder` has all files of the segment that `row` describes. kCorrupt where they are not what
// was written: a copy gets new hashes, so that damage must be seen before.
[[nodiscard]] Status copy_segment(const std::filesystem::path& folder, const SegmentRow& row, const RowCopied& choose,
                                  SegmentWriter& writer);

}  // namespace custos::store
