#include "query/key_rows.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace custos::query {

KeyRows::KeyRows(std::shared_ptr<const store::Snapshot> snapshot) : snapshot_(std::move(snapshot)) {
  for (const store::SegmentView& view : snapshot_->segments) {
    Segment& segment = segments_.emplace_back();
    if (view.keys.empty()) continue;
    const auto [least, greatest] = std::ranges::minmax_element(view.keys);
    segment.least = *least;
    segment.greatest = *greatest;
    if (std::ranges::is_sorted(view.keys)) continue;
    segment.order.resize(view.keys.size());
    std::iota(segment.order.begin(), segment.order.end(), 0U);
    std::ranges::sort(segment.order, {}, [&](uint32_t row) { return view.keys[row]; });
  }
}

std::optional<KeyRows::Row> KeyRows::find(store::MessageKey key) const {
  for (uint32_t at = 0; at < segments_.size(); ++at) {
    const Segment& segment = segments_[at];
    const std::vector<store::MessageKey>& keys = snapshot_->segments[at].keys;
    if (keys.empty() || key < segment.least || key > segment.greatest) continue;
    if (segment.order.empty()) {
      const auto found = std::ranges::lower_bound(keys, key);
      if (*found == key) return Row{at, static_cast<uint32_t>(found - keys.begin())};
    } else {
      const auto found = std::ranges::lower_bound(segment.order, key, {}, [&](uint32_t row) { return keys[row]; });
      if (keys[*found] == key) return Row{at, *found};
    }
  }
  return {};
}

}  // namespace custos::query
