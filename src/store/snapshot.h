// What search reads: the published segments of one moment, with their indexes open.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "index/postings_reader.h"
#include "index/text_file.h"
#include "index/vector_file.h"
#include "store/entry.h"

namespace custos::store {

struct SegmentView {
  std::string name;
  std::vector<MessageKey> keys;  // by row
  std::shared_ptr<const index::PostingsReader> postings;
  std::shared_ptr<const index::TextReader> texts;
  std::shared_ptr<const index::VectorReader> vectors;  // null: ingested with --no-embed, or not yet embedded
};

// Immutable. Segments that a merge or rebuild replaces stay readable as long as a snapshot has them.
struct Snapshot {
  uint64_t commit = 0;
  std::string embedding_model;  // version of the vectors; "" where none were made
  std::vector<SegmentView> segments;
};

}  // namespace custos::store
