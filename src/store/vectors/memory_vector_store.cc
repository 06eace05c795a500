#include "store/vectors/memory_vector_store.h"

#include <algorithm>
#include <mutex>
#include <numeric>

#include "store/vectors/filter_tree.h"

namespace custos::store {

Status MemoryVectorStore::upsert(std::span<const Point> points) {
  RETURN_IF_ERROR(check_points(points, width_, name_));
  const std::unique_lock lock(mutex_);
  for (const Point& point : points) points_[point.id] = point;
  return {};
}

Status MemoryVectorStore::remove(std::span<const PointId> ids) {
  const std::unique_lock lock(mutex_);
  for (const PointId id : ids) points_.erase(id);
  return {};
}

Result<std::vector<VectorMatch>> MemoryVectorStore::search(std::span<const float> query, uint32_t limit,
                                                           const VectorFilter& filter) {
  RETURN_IF_ERROR(check_width(query, width_, name_));
  RETURN_IF_ERROR(check_limit(limit, kVectorMatchesMax));
  RETURN_IF_ERROR(check_filter(filter));
  std::vector<VectorMatch> found;
  {
    const std::shared_lock lock(mutex_);
    for (const auto& [id, point] : points_) {
      if (!matches(filter, point)) continue;
      found.push_back({id, std::inner_product(query.begin(), query.end(), point.vector.begin(), 0.0F)});
    }
  }
  std::ranges::stable_sort(found, std::greater<>(), &VectorMatch::score);
  found.resize(std::min<size_t>(found.size(), limit));
  return found;
}

Result<uint64_t> MemoryVectorStore::count() {
  const std::shared_lock lock(mutex_);
  return points_.size();
}

Result<std::vector<PointId>> MemoryVectorStore::ids(PointId begin, uint32_t limit) {
  RETURN_IF_ERROR(check_limit(limit, kPointPageMax));
  const std::shared_lock lock(mutex_);
  std::vector<PointId> page;
  for (auto at = points_.lower_bound(begin); at != points_.end() && page.size() < limit; ++at) {
    page.push_back(at->first);
  }
  return page;
}

Status MemoryVectorStore::drop() {
  const std::unique_lock lock(mutex_);
  points_.clear();
  return {};
}

}  // namespace custos::store
