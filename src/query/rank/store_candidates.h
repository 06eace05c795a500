// Candidates by meaning from a vector store, in place of the segments' own vectors.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "index/query.h"
#include "query/key_rows.h"
#include "query/rank/candidates.h"
#include "store/snapshot.h"
#include "store/vector_store.h"

namespace custos::query {

struct StoreCandidates {
  std::vector<Candidate> best;  // as nearest() gives them
  uint32_t searches = 0;
  uint64_t dropped = 0;  // matches that filters refuse, or that are no chunk of this snapshot
  bool was_cut = false;  // more matches were refused than a store is asked for: there may be more to find
};

// As nearest(). `condition`: what `allowed` was made from. Few allowed messages are asked for by key; else the store
// applies what it can of the condition, `allowed` the rest, and twice as many are asked for until `limit` messages are
// found, at most store::kVectorMatchesMax.
[[nodiscard]] Result<StoreCandidates> nearest_in_store(const KeyRows& rows, store::VectorStore& store,
                                                       std::span<const float> query, const index::Query& condition,
                                                       std::span<const index::RowSet> allowed, uint32_t limit);

// Cosines of those that have none, as far as the store has their chunks: for segments without vectors.
[[nodiscard]] Status add_cosines(const KeyRows& rows, store::VectorStore& store, std::span<const float> query,
                                 std::vector<Candidate>& candidates);

}  // namespace custos::query
