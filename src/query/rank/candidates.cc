#include "query/rank/candidates.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <numeric>
#include <tuple>
#include <unordered_map>

namespace custos::query {
namespace {

// Chunks that are looked at for each message wanted: several chunks of one message are often near together.
constexpr uint32_t kChunksPerMessage = 3;
constexpr uint32_t kSentenceWords = 9;

uint64_t name_of(uint32_t segment, uint32_t row) { return uint64_t{segment} << 32 | row; }

auto rank_of(const Candidate& candidate) { return std::tuple(-candidate.score, candidate.segment, candidate.row); }

void add_cosine(const index::VectorReader& vectors, std::span<const float> query, Candidate& candidate) {
  std::vector<float> vector(vectors.width());
  for (uint32_t i = first_vector_of(vectors, candidate.row); i < vectors.size(); ++i) {
    if (vectors.row_of(i) != candidate.row) return;
    vectors.read(i, vector);
    const float cosine = std::inner_product(query.begin(), query.end(), vector.begin(), 0.0F);
    if (candidate.vector != kNoVector && cosine <= candidate.cosine) continue;
    candidate.cosine = cosine;
    candidate.vector = i;
  }
}

constexpr float kNoFloor = std::numeric_limits<float>::lowest();

// Of the last of the best `limit` messages: what a message of a later segment must reach.
float cosine_at(const std::unordered_map<uint64_t, Candidate>& best, uint32_t limit) {
  if (limit == 0 || best.size() < limit) return kNoFloor;
  std::vector<float> cosines;
  cosines.reserve(best.size());
  for (const auto& [name, candidate] : best) cosines.push_back(candidate.cosine);
  std::ranges::nth_element(cosines, cosines.begin() + static_cast<std::ptrdiff_t>(limit) - 1, std::greater<>());
  return cosines[limit - 1];
}

}  // namespace

// Rows ascend with chunks.
uint32_t first_vector_of(const index::VectorReader& vectors, uint32_t row) {
  uint32_t low = 0;
  uint32_t high = vectors.size();
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    if (vectors.row_of(middle) < row) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

void sort_by_score(std::vector<Candidate>& candidates) { std::ranges::sort(candidates, {}, rank_of); }

Result<std::vector<Candidate>> nearest(const store::Snapshot& snapshot, std::span<const float> query,
                                       std::span<const index::RowSet> allowed, uint32_t limit) {
  std::unordered_map<uint64_t, Candidate> best;
  float floor = kNoFloor;
  for (uint32_t segment = 0; segment < snapshot.segments.size(); ++segment) {
    const auto& vectors = snapshot.segments[segment].vectors;
    if (!vectors) continue;
    std::vector<index::VectorHit> hits;
    vectors->search(query, allowed.empty() ? nullptr : &allowed[segment], limit * kChunksPerMessage, hits, floor);
    RETURN_IF_ERROR(vectors->damage());
    for (const index::VectorHit& hit : hits) {
      Candidate& candidate = best[name_of(segment, hit.row)];
      if (candidate.vector != kNoVector && candidate.cosine >= hit.cosine) continue;
      candidate = {segment, hit.row, 0, hit.cosine, hit.vector, hit.cosine};
    }
    floor = cosine_at(best, limit);
  }
  std::vector<Candidate> candidates;
  candidates.reserve(best.size());
  for (const auto& [name, candidate] : best) candidates.push_back(candidate);
  sort_by_score(candidates);
  candidates.resize(std::min<size_t>(candidates.size(), limit));
  return candidates;
}

std::vector<Candidate> join(const store::Snapshot& snapshot, std::span<const float> query,
                            const std::vector<index::KeywordHit>& by_word, std::vector<Candidate> by_meaning) {
  std::unordered_map<uint64_t, size_t> place;
  for (size_t i = 0; i < by_meaning.size(); ++i) place[name_of(by_meaning[i].segment, by_meaning[i].row)] = i;
  for (const index::KeywordHit& hit : by_word) {
    if (const auto known = place.find(name_of(hit.segment, hit.row)); known != place.end()) {
      by_meaning[known->second].keyword = hit.score;
      continue;
    }
    Candidate candidate{.segment = hit.segment, .row = hit.row, .keyword = hit.score};
    if (const auto& vectors = snapshot.segments[hit.segment].vectors) add_cosine(*vectors, query, candidate);
    by_meaning.push_back(candidate);
  }
  return by_meaning;
}

double keyword_weight(const Plan& plan, double base) {
  if (plan.required > 0) return base + (1 - base) / 2;
  return plan.words >= kSentenceWords ? base * 0.8 : base;
}

void fuse(std::vector<Candidate>& candidates, double weight, float ideal) {
  float best = ideal / 2;
  for (const Candidate& candidate : candidates) best = std::max(best, candidate.keyword);
  for (Candidate& candidate : candidates) {
    const double by_word = best > 0 ? candidate.keyword / best : 0;
    candidate.score = static_cast<float>(weight * by_word + (1 - weight) * std::max(candidate.cosine, 0.0F));
  }
  sort_by_score(candidates);
}

}  // namespace custos::query
