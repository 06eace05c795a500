// What the segments have against what a vector store has, by ids: both ascending, side by side.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "store/vector_store.h"

namespace custos::store {
namespace {

constexpr size_t kBatch = 1024;  // points or ids of one call

// The vectors of one message in its segment.
struct Chunks {
  MessageKey key{};
  uint32_t segment = 0;
  uint32_t row = 0;
  uint32_t first = 0;
  uint32_t count = 0;
};

class Reconciler {
 public:
  Reconciler(const Archive& archive, VectorStore& store, const ReconcileOptions& options)
      : archive_(archive), store_(store), options_(options) {}

  Result<ReconcileCounts> run() {
    // Before the snapshot: what is published in between is in it.
    ASSIGN_OR_RETURN(const MessageKey horizon, archive_.horizon());
    horizon_ = horizon;
    ASSIGN_OR_RETURN(snapshot_, archive_.snapshot());
    RETURN_IF_ERROR(list_chunks());
    RETURN_IF_ERROR(next_page());
    for (const Chunks& chunks : all_) {
      if (options_.stop.stop_requested()) return Error{Code::kCancelled, "stopped while vectors were compared"};
      RETURN_IF_ERROR(compare(chunks));
    }
    RETURN_IF_ERROR(remove_before(PointId{INT64_MAX}));
    RETURN_IF_ERROR(send_points());
    RETURN_IF_ERROR(send_removals());
    if (!options_.compare_only) RETURN_IF_ERROR(store_.flush());
    return counts_;
  }

 private:
  Status list_chunks() {
    for (uint32_t segment = 0; segment < snapshot_->segments.size(); ++segment) {
      const SegmentView& view = snapshot_->segments[segment];
      if (!view.vectors) continue;
      if (view.vectors->width() != store_.width()) {
        return Error{Code::kInvalidArgument, fmt::format("the archive's vectors have {} numbers, those of {} have {}",
                                                         view.vectors->width(), store_.name(), store_.width())};
      }
      for (uint32_t at = 0; at < view.vectors->size();) at = add_message(view, segment, at);
    }
    std::ranges::sort(all_, {}, &Chunks::key);
    return {};
  }

  // Gives where the next message's vectors begin.
  uint32_t add_message(const SegmentView& view, uint32_t segment, uint32_t first) {
    const uint32_t row = view.vectors->row_of(first);
    uint32_t end = first + 1;
    while (end < view.vectors->size() && view.vectors->row_of(end) == row) ++end;
    const uint32_t count = std::min(end - first, kPointsOfMessageMax);
    counts_.expected += count;
    counts_.left_out += end - first - count;
    all_.push_back({view.keys[row], segment, row, first, count});
    return end;
  }

  Status compare(const Chunks& chunks) {
    ASSIGN_OR_RETURN(const PointId first, point_id(chunks.key, 0));
    RETURN_IF_ERROR(remove_before(first));
    std::vector<uint32_t> missing;
    for (uint32_t ordinal = 0; ordinal < chunks.count; ++ordinal) {
      const PointId id{static_cast<int64_t>(first) + ordinal};
      RETURN_IF_ERROR(remove_before(id));
      const bool is_there = at_ < page_.size() && page_[at_] == id;
      if (is_there) RETURN_IF_ERROR(step());
      if (!is_there || options_.all) missing.push_back(ordinal);
    }
    return missing.empty() ? Status() : add(chunks, missing);
  }

  Status add(const Chunks& chunks, const std::vector<uint32_t>& ordinals) {
    if (options_.compare_only) {
      counts_.added += ordinals.size();
      return {};
    }
    const SegmentView& view = snapshot_->segments[chunks.segment];
    ASSIGN_OR_RETURN(const MessageNumbers numbers, archive_.numbers_of(chunks.key));
    const Point facts = point_of(numbers, view.postings->dates()[chunks.row]);
    for (const uint32_t ordinal : ordinals) {
      Point point = facts;
      ASSIGN_OR_RETURN(point.id, point_id(chunks.key, ordinal));
      point.vector.resize(store_.width());
      view.vectors->read(chunks.first + ordinal, point.vector);
      points_.push_back(std::move(point));
      ++counts_.added;
      if (points_.size() >= kBatch) RETURN_IF_ERROR(send_points());
    }
    return view.vectors->damage();
  }

  // What the store has below `end` is no chunk of the archive.
  Status remove_before(PointId end) {
    while (at_ < page_.size() && page_[at_] < end) {
      if (message_of(page_[at_]) >= horizon_) {
        ++counts_.pending;
      } else {
        ++counts_.removed;
        if (!options_.compare_only) removals_.push_back(page_[at_]);
      }
      if (removals_.size() >= kBatch) RETURN_IF_ERROR(send_removals());
      RETURN_IF_ERROR(step());
    }
    return {};
  }

  Status step() {
    last_ = page_[at_];
    ++at_;
    return at_ < page_.size() || is_last_page_ ? Status() : next_page();
  }

  Status next_page() {
    at_ = 0;
    ASSIGN_OR_RETURN(page_, store_.ids(PointId{static_cast<int64_t>(last_) + 1}, kPointPageMax));
    is_last_page_ = page_.size() < kPointPageMax;
    return {};
  }

  Status send_points() {
    if (points_.empty()) return {};
    RETURN_IF_ERROR(store_.upsert(points_));
    points_.clear();
    return {};
  }

  Status send_removals() {
    if (removals_.empty()) return {};
    RETURN_IF_ERROR(store_.remove(removals_));
    removals_.clear();
    return {};
  }

  const Archive& archive_;
  VectorStore& store_;
  const ReconcileOptions& options_;
  MessageKey horizon_{};
  std::shared_ptr<const Snapshot> snapshot_;
  std::vector<Chunks> all_;
  std::vector<PointId> page_;
  size_t at_ = 0;
  PointId last_{-1};
  bool is_last_page_ = false;
  std::vector<Point> points_;
  std::vector<PointId> removals_;
  ReconcileCounts counts_;
};

}  // namespace

Status remove_unpublished(const Archive& archive, VectorStore& store) {
  ASSIGN_OR_RETURN(const auto snapshot, archive.snapshot());
  MessageKey last{};
  for (const SegmentView& view : snapshot->segments) {
    for (const MessageKey key : view.keys) last = std::max(last, key);
  }
  ASSIGN_OR_RETURN(PointId begin, point_id(MessageKey{static_cast<int64_t>(last) + 1}, 0));
  while (true) {
    ASSIGN_OR_RETURN(const std::vector<PointId> left, store.ids(begin, kBatch));
    if (!left.empty()) RETURN_IF_ERROR(store.remove(left));
    if (left.size() < kBatch) return {};
    begin = PointId{static_cast<int64_t>(left.back()) + 1};
  }
}

Result<ReconcileCounts> reconcile(const Archive& archive, VectorStore& store, const ReconcileOptions& options) {
  return Reconciler(archive, store, options).run();
}

}  // namespace custos::store
