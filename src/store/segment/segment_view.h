// Opens the indexes of a segment for searching.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "store/catalog/row.h"
#include "store/snapshot.h"
#include "store/storage/storage.h"

namespace custos::store {

// All but the keys. kCorrupt, naming the segment, where a file is damaged or is not of this segment or model; kNotFound
// where the segment was replaced meanwhile.
[[nodiscard]] Result<SegmentView> open_segment(const Storage& storage, const SegmentRow& row,
                                               const std::string& embedding_model);

}  // namespace custos::store
