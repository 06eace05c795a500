#include "store/local/point_feed.h"

#include <iterator>
#include <utility>

namespace custos::store {
namespace {

constexpr size_t kBatch = 1024;  // points of one call

}  // namespace

Status PointFeed::add(const document::Record& record, MessageKey key, SourceId source, const PersonNumbers& people) {
  if (store_ == nullptr || record.vectors.empty()) return {};
  ASSIGN_OR_RETURN(std::vector<Point> points, points_of(record, key, {source, people.from, people.to}, width_));
  sent_[static_cast<int64_t>(key)] = static_cast<uint32_t>(points.size());
  std::move(points.begin(), points.end(), std::back_inserter(waiting_));
  return waiting_.size() < kBatch ? Status() : send();
}

Status PointFeed::send() {
  if (waiting_.empty()) return {};
  RETURN_IF_ERROR(store_->upsert(waiting_));
  waiting_.clear();
  return {};
}

Status PointFeed::remove(std::span<const MessageKey> keys) {
  if (store_ == nullptr) return {};
  std::vector<PointId> ids;
  for (const MessageKey key : keys) {
    const auto found = sent_.find(static_cast<int64_t>(key));
    if (found == sent_.end()) continue;
    for (uint32_t ordinal = 0; ordinal < found->second; ++ordinal) {
      ASSIGN_OR_RETURN(const PointId id, point_id(key, ordinal));
      ids.push_back(id);
    }
  }
  return ids.empty() ? Status() : store_->remove(ids);
}

}  // namespace custos::store
