#include "query/rank/store_candidates.h"

#include <algorithm>
#include <numeric>
#include <unordered_map>
#include <utility>

#include "query/plan/store_filter.h"

namespace custos::query {
namespace {

using store::MessageKey;
using store::VectorFilter;
using store::VectorMatch;

constexpr uint32_t kMatchesPerMessage = 3;  // several chunks of one message are often near together
constexpr uint64_t kKeysMax = 16384;        // of allowed messages that are named one by one

uint64_t count(std::span<const index::RowSet> sets) {
  uint64_t rows = 0;
  for (const index::RowSet& set : sets) rows += set.count();
  return rows;
}

VectorFilter filter_of(const store::Snapshot& snapshot, const index::Query& condition,
                       std::span<const index::RowSet> allowed) {
  if (allowed.empty()) return {};
  if (count(allowed) > kKeysMax) return store_filter(condition);
  std::vector<int64_t> keys;
  for (uint32_t segment = 0; segment < allowed.size(); ++segment) {
    allowed[segment].for_each(
        [&](uint32_t row) { keys.push_back(static_cast<int64_t>(snapshot.segments[segment].keys[row])); });
  }
  std::ranges::sort(keys);
  return VectorFilter::in_set(store::PointField::kMessage, std::move(keys));
}

// The row of chunks.parquet; kNoVector where the message has no such chunk.
Result<uint32_t> chunk_row(const store::SegmentView& segment, uint32_t row, uint32_t ordinal) {
  if (segment.vectors) {
    const uint32_t at = first_vector_of(*segment.vectors, row) + ordinal;
    return at < segment.vectors->size() && segment.vectors->row_of(at) == row ? at : kNoVector;
  }
  ASSIGN_OR_RETURN(const index::StoredText stored, segment.texts->read(row));
  return ordinal < stored.chunks.size() ? stored.first_chunk + ordinal : kNoVector;
}

// The best match of each allowed message, best first. `matches` are, so that a message's first one is its best.
Result<std::vector<Candidate>> candidates_of(const KeyRows& rows, const std::vector<VectorMatch>& matches,
                                             std::span<const index::RowSet> allowed, uint32_t limit,
                                             uint64_t& dropped) {
  std::unordered_map<uint64_t, size_t> seen;
  std::vector<Candidate> best;
  for (const VectorMatch& match : matches) {
    const auto at = rows.find(store::message_of(match.id));
    if (!at || (!allowed.empty() && !allowed[at->segment].contains(at->row))) {
      ++dropped;
      continue;
    }
    const uint64_t name = uint64_t{at->segment} << 32 | at->row;
    if (seen.contains(name)) continue;
    ASSIGN_OR_RETURN(const uint32_t chunk,
                     chunk_row(rows.snapshot()->segments[at->segment], at->row, store::ordinal_of(match.id)));
    if (chunk == kNoVector) {
      ++dropped;
      continue;
    }
    seen.emplace(name, best.size());
    best.push_back({at->segment, at->row, 0, match.score, chunk, match.score});
  }
  sort_by_score(best);
  best.resize(std::min<size_t>(best.size(), limit));
  return best;
}

}  // namespace

Result<StoreCandidates> nearest_in_store(const KeyRows& rows, store::VectorStore& store, std::span<const float> query,
                                         const index::Query& condition, std::span<const index::RowSet> allowed,
                                         uint32_t limit) {
  StoreCandidates found;
  if (limit == 0 || (!allowed.empty() && count(allowed) == 0)) return found;
  const VectorFilter filter = filter_of(*rows.snapshot(), condition, allowed);
  uint32_t asked = std::min<uint64_t>(uint64_t{limit} * kMatchesPerMessage, store::kVectorMatchesMax);
  while (true) {
    ASSIGN_OR_RETURN(const std::vector<VectorMatch> matches, store.search(query, asked, filter));
    ++found.searches;
    found.dropped = 0;
    ASSIGN_OR_RETURN(found.best, candidates_of(rows, matches, allowed, limit, found.dropped));
    if (found.best.size() >= limit || matches.size() < asked) return found;
    found.was_cut = asked == store::kVectorMatchesMax;
    if (found.was_cut) return found;
    asked = std::min(asked * 2, store::kVectorMatchesMax);
  }
}

Status add_cosines(const KeyRows& rows, store::VectorStore& store, std::span<const float> query,
                   std::vector<Candidate>& candidates) {
  std::unordered_map<uint64_t, Candidate*> wanted;
  std::vector<int64_t> keys;
  for (Candidate& candidate : candidates) {
    if (candidate.vector != kNoVector) continue;
    wanted.emplace(uint64_t{candidate.segment} << 32 | candidate.row, &candidate);
    keys.push_back(static_cast<int64_t>(rows.snapshot()->segments[candidate.segment].keys[candidate.row]));
  }
  if (keys.empty()) return {};
  std::ranges::sort(keys);
  const auto limit = static_cast<uint32_t>(keys.size());
  uint64_t dropped = 0;
  uint32_t asked = std::min<uint64_t>(uint64_t{limit} * kMatchesPerMessage, store::kVectorMatchesMax);
  const VectorFilter filter = VectorFilter::in_set(store::PointField::kMessage, std::move(keys));
  std::vector<Candidate> found;
  while (true) {
    ASSIGN_OR_RETURN(const std::vector<VectorMatch> matches, store.search(query, asked, filter));
    ASSIGN_OR_RETURN(found, candidates_of(rows, matches, {}, limit, dropped));
    if (found.size() >= limit || matches.size() < asked || asked == store::kVectorMatchesMax) break;
    asked = std::min(asked * 2, store::kVectorMatchesMax);
  }
  for (const Candidate& one : found) {
    const auto at = wanted.find(uint64_t{one.segment} << 32 | one.row);
    if (at == wanted.end()) continue;
    at->second->cosine = one.cosine;
    at->second->vector = one.vector;
  }
  return {};
}

}  // namespace custos::query
