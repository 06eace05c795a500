#include "index/vector/mapped_vectors.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <vector>

namespace custos::index {
namespace {

// How many candidates the scan keeps: rounding to codes moves a cosine by about 0.0006, see docs/vector-index.md for
// what that does to an order.
constexpr uint64_t kCandidatesPerHit = 4;
constexpr uint64_t kCandidatesMore = 64;
// Ten times that: who is further behind by the codes is not in front by the vectors.
constexpr float kCodeError = 0.006F;

bool is_better(const VectorHit& left, const VectorHit& right) {
  return left.cosine != right.cosine ? left.cosine > right.cosine : left.vector < right.vector;
}

// What a candidate must have by its codes to be among the best `limit`.
float least_of(std::vector<Candidate> candidates, uint32_t limit, float code_error) {
  if (candidates.size() <= limit) return std::numeric_limits<float>::lowest();
  const auto last = candidates.begin() + static_cast<std::ptrdiff_t>(limit) - 1;
  std::ranges::nth_element(candidates, last, std::greater<>(), &Candidate::score);
  return last->score - 2 * code_error;
}

}  // namespace

uint32_t MappedVectors::row_of(uint32_t vector) const {
  const uint32_t per_group = map_.layout().per_group;
  return map_.group(vector / per_group).rows[vector % per_group];
}

bool MappedVectors::is_sound(uint32_t vector) const {
  const uint32_t block = vector / map_.layout().per_block;
  return map_.is_sound(Plane::kCodes, block) && map_.is_sound(Plane::kResiduals, block);
}

void MappedVectors::read(uint32_t vector, std::span<float> out) const {
  if (!is_sound(vector)) return std::fill(out.begin(), out.end(), 0.0F);
  const VectorLayout& layout = map_.layout();
  const VectorGroup group = map_.group(vector / layout.per_group);
  const uint32_t within = vector % layout.per_group;
  const size_t at = size_t{within} * layout.stride;
  for (size_t i = 0; i < out.size(); ++i) {
    const float residual = static_cast<float>(group.residuals[at + i]) * kResidualUnit;
    out[i] = (static_cast<float>(group.codes[at + i]) + residual) * group.scales[within];
  }
}

VectorHit MappedVectors::rescored(const PreparedQuery& query, uint32_t vector) const {
  const VectorLayout& layout = map_.layout();
  const VectorGroup group = map_.group(vector / layout.per_group);
  const uint32_t within = vector % layout.per_group;
  const size_t at = size_t{within} * layout.stride;
  const float cosine = exact_dot(query, group.codes + at, group.residuals + at, group.scales[within]);
  return {vector, group.rows[within], std::clamp(cosine, -1.0F, 1.0F)};
}

void MappedVectors::search(std::span<const float> query, const RowSet* allowed, uint32_t limit,
                           std::vector<VectorHit>& hits, float floor) const {
  const std::optional<float> inverse = inverse_length(query);
  if (limit == 0 || size() == 0 || !inverse) return;
  const PreparedQuery prepared(query, *inverse, map_.layout().stride);
  const uint64_t wanted = limit * kCandidatesPerHit + kCandidatesMore;
  const float code_error = kCodeError / prepared.scale;
  CandidateHeap heap(static_cast<uint32_t>(std::min<uint64_t>(wanted, size())), floor / prepared.scale - code_error);
  CodeScan scan(map_, prepared, kernel_, heap);
  if (allowed == nullptr) {
    scan.scan_all();
  } else {
    scan.scan_rows(*allowed);
  }
  std::vector<VectorHit> best;
  const float least = least_of(heap.candidates(), limit, code_error);
  for (const Candidate& candidate : heap.candidates()) {
    if (candidate.score >= least && is_sound(candidate.vector)) best.push_back(rescored(prepared, candidate.vector));
  }
  const size_t kept = std::min<size_t>(limit, best.size());
  std::partial_sort(best.begin(), best.begin() + static_cast<std::ptrdiff_t>(kept), best.end(), is_better);
  hits.insert(hits.end(), best.begin(), best.begin() + static_cast<std::ptrdiff_t>(kept));
}

Result<std::shared_ptr<const VectorReader>> VectorReader::open(const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(VectorMap map, VectorMap::open(path));
  return std::shared_ptr<const VectorReader>(
      std::make_shared<const MappedVectors>(std::move(map), fastest_dot_kernel().dots));
}

}  // namespace custos::index
