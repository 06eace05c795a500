// Which messages may answer, by word and by meaning, and how the two are weighed against each other.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "index/keyword_search.h"
#include "index/row_set.h"
#include "query/plan/plan.h"
#include "store/snapshot.h"

namespace custos::query {

inline constexpr uint32_t kNoVector = UINT32_MAX;

struct Candidate {
  uint32_t segment = 0;
  uint32_t row = 0;
  float keyword = 0;            // BM25F, 0 where no word matches
  float cosine = 0;             // of its best chunk
  uint32_t vector = kNoVector;  // that chunk
  float score = 0;
};

// Where a row's vectors begin: they stand side by side. size() or another row's where it has none.
[[nodiscard]] uint32_t first_vector_of(const index::VectorReader& vectors, uint32_t row);

// Best first; equal scores by segment and row, which is the order of ingestion.
void sort_by_score(std::vector<Candidate>& candidates);

// The best `limit` messages in meaning among `allowed` (empty: all), each with its best chunk. kCorrupt where vectors
// were left out because their block is damaged: a search that missed something does not look whole.
[[nodiscard]] Result<std::vector<Candidate>> nearest(const store::Snapshot& snapshot, std::span<const float> query,
                                                     std::span<const index::RowSet> allowed, uint32_t limit);

// One list of both kinds: a message found by word alone gets its cosine, and one found by meaning alone its BM25F is 0.
[[nodiscard]] std::vector<Candidate> join(const store::Snapshot& snapshot, std::span<const float> query,
                                          const std::vector<index::KeywordHit>& by_word,
                                          std::vector<Candidate> by_meaning);

// The share of the keyword score for a query of this shape: `base` for plain words, more where the user asks for words
// as such (phrases, NEAR, exact words), less for a sentence.
[[nodiscard]] double keyword_weight(const Plan& plan, double base);

// score = weight × BM25F over the query's best + (1 − weight) × cosine, cosines below 0 counting as 0. Where even the
// best has less than half of `ideal` (KeywordResult::ideal), as a question whose only words found are "to" and "an", it
// is half the ideal that scores are taken over: the words then say little.
void fuse(std::vector<Candidate>& candidates, double weight, float ideal);

}  // namespace custos::query
