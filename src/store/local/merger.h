// Small segments become larger ones.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "store/local/merge_plan.h"
#include "store/local/writer.h"
#include "store/reindex.h"
#include "store/segment/manifest.h"
#include "store/segment/segment_writer.h"

namespace custos::store {

// See Archive::merge_segments.
class Merger {
 public:
  // All references must outlive it.
  Merger(Writer& writer, const ReindexObserver& observe) : writer_(writer), observe_(observe) {}
  // How many segments there are fewer now.
  [[nodiscard]] Result<uint64_t> run();

 private:
  Result<uint64_t> merge_all();
  Status remove_abandoned();
  Result<bool> keep_lease();  // false where it was lost
  Result<MergeCandidate> candidate(const SegmentRow& row, bool archive_has_vectors) const;
  Status merge(std::span<const SegmentRow> rows, const std::string& model);
  // How the merged segment is made: as the first, whose kind all have.
  Result<PublicationOptions> options_for(std::span<const SegmentRow> rows, const std::string& model) const;
  Status copy(const SegmentRow& row, SegmentWriter& writer);
  Status publish(std::span<const SegmentRow> rows, SegmentWriter& writer);

  Writer& writer_;
  const ReindexObserver& observe_;
  ReindexProgress progress_;
  std::optional<Lease> lease_;  // where others can write too
};

}  // namespace custos::store
