// Indexes made anew from the records of segments.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "index/vector_file.h"
#include "store/local/remade_segment.h"
#include "store/local/writer.h"
#include "store/reindex.h"

namespace custos::store {

// See Archive::reindex.
class Reindexer {
 public:
  // All references must outlive it.
  Reindexer(Writer& writer, const ReindexOptions& options, const ReindexObserver& observe)
      : writer_(writer), options_(options), observe_(observe) {}
  [[nodiscard]] Status run();

 private:
  Status make_postings(const std::vector<SegmentRow>& rows);
  Status write_postings(RemadeSegment& segment);
  Status make_vectors(const std::vector<SegmentRow>& rows);
  // Whether it has whole vectors of the wanted model already: an earlier run's, or the ingest's.
  [[nodiscard]] bool has_vectors(const SegmentRow& row, const std::string& model_in_force) const;
  Status write_vectors(RemadeSegment& segment);
  Status embed_rows(columns::RecordReader& reader, index::VectorWriter& writer);
  Status tell(uint64_t messages);

  Writer& writer_;
  const ReindexOptions& options_;
  const ReindexObserver& observe_;
  ReindexProgress progress_;
};

}  // namespace custos::store
