#include "store/local/snapshots.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "store/segment/segment_view.h"

namespace custos::store {
namespace {

constexpr int kAttempts = 5;  // each needs a merge or rebuild between the catalog's answer and ours

}  // namespace

bool Snapshots::is_current(const SegmentList& list) const {
  return latest_ && latest_->commit == list.commit && latest_->embedding_model == list.embedding_model &&
         std::ranges::equal(latest_->segments, list.rows, {}, &SegmentView::name, &SegmentRow::name);
}

Result<std::shared_ptr<const Snapshot>> Snapshots::open(const SegmentList& list, const Source& source) const {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->commit = list.commit;
  snapshot->embedding_model = list.embedding_model;
  std::unordered_map<std::string_view, const SegmentView*> known;
  if (latest_) {
    for (const SegmentView& view : latest_->segments) known.emplace(view.name, &view);
  }
  for (const SegmentRow& row : list.rows) {
    if (const auto at = known.find(row.name); at != known.end()) {
      snapshot->segments.push_back(*at->second);
      continue;
    }
    ASSIGN_OR_RETURN(SegmentView view, open_segment(storage_, row, list.embedding_model));
    ASSIGN_OR_RETURN(view.keys, source.keys(row));
    snapshot->segments.push_back(std::move(view));
  }
  return std::shared_ptr<const Snapshot>(std::move(snapshot));
}

Result<std::shared_ptr<const Snapshot>> Snapshots::get(const Source& source) {
  const std::scoped_lock lock(mutex_);
  ASSIGN_OR_RETURN(const int64_t change, source.change());
  if (latest_ && change == change_) return latest_;
  ASSIGN_OR_RETURN(SegmentList list, source.list());
  for (int attempt = 1; !is_current(list); ++attempt) {
    auto opened = open(list, source);
    if (opened.ok()) {
      latest_ = std::move(opened).value();
      break;
    }
    // Perhaps the segment was replaced while we came: then the catalog has another list by now.
    ASSIGN_OR_RETURN(SegmentList again, source.list());
    if (attempt == kAttempts || std::ranges::equal(again.rows, list.rows, {}, &SegmentRow::name, &SegmentRow::name)) {
      return opened.error();
    }
    list = std::move(again);
  }
  change_ = list.change;
  return latest_;
}

}  // namespace custos::store
