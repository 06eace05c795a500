#include "store/vectors/filter_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace custos::store {
namespace {

using Kind = VectorFilter::Kind;
using Sources = std::optional<std::vector<int64_t>>;

void measure(const VectorFilter& filter, size_t depth, size_t& deepest, size_t& nodes, size_t& numbers) {
  deepest = std::max(deepest, depth);
  ++nodes;
  numbers += filter.numbers.size();
  if (depth > kFilterDepthMax || nodes > kFilterNodesMax) return;
  for (const VectorFilter& child : filter.children) measure(child, depth + 1, deepest, nodes, numbers);
}

VectorFilter simplified_group(const VectorFilter& filter, Kind neutral, Kind decisive) {
  VectorFilter made{.kind = filter.kind};
  for (const VectorFilter& child : filter.children) {
    VectorFilter simple = simplified(child);
    if (simple.kind == decisive) return simple;
    if (simple.kind != neutral) made.children.push_back(std::move(simple));
  }
  if (made.children.empty()) return {.kind = neutral};
  if (made.children.size() == 1) return VectorFilter(std::move(made.children.front()));
  return made;
}

bool has_any(const std::vector<int64_t>& wanted, std::span<const int64_t> had) {
  return std::ranges::any_of(had, [&](int64_t number) { return std::ranges::binary_search(wanted, number); });
}

bool is_in(const VectorFilter& filter, const Point& point) {
  switch (filter.field) {
    case PointField::kMessage:
      return std::ranges::binary_search(filter.numbers, static_cast<int64_t>(message_of(point.id)));
    case PointField::kSource:
      return std::ranges::binary_search(filter.numbers, point.source);
    case PointField::kFrom:
      return has_any(filter.numbers, point.from);
    case PointField::kTo:
      return has_any(filter.numbers, point.to);
  }
  return false;
}

bool is_within(const VectorFilter& filter, int64_t value) {
  return value >= filter.begin && (filter.end == INT64_MAX || value < filter.end);
}

Sources sources_of_all(const VectorFilter& filter) {
  Sources pinned;
  for (const VectorFilter& child : filter.children) {
    Sources own = sources_of(child);
    if (!own) continue;
    if (!pinned) {
      pinned = std::move(own);
      continue;
    }
    std::vector<int64_t> both;
    std::ranges::set_intersection(*pinned, *own, std::back_inserter(both));
    pinned = std::move(both);
  }
  return pinned;
}

Sources sources_of_any(const VectorFilter& filter) {
  std::vector<int64_t> together;
  for (const VectorFilter& child : filter.children) {
    const Sources own = sources_of(child);
    if (!own) return {};
    std::vector<int64_t> joined;
    std::ranges::set_union(together, *own, std::back_inserter(joined));
    together = std::move(joined);
  }
  return together;
}

}  // namespace

Status check_filter(const VectorFilter& filter) {
  size_t deepest = 0;
  size_t nodes = 0;
  size_t numbers = 0;
  measure(filter, 1, deepest, nodes, numbers);
  if (deepest <= kFilterDepthMax && nodes <= kFilterNodesMax && numbers <= kFilterNumbersMax) return {};
  return Error{Code::kLimit, fmt::format("a filter of more than {} numbers, {} nodes or {} levels", kFilterNumbersMax,
                                         kFilterNodesMax, kFilterDepthMax)};
}

VectorFilter simplified(const VectorFilter& filter) {
  switch (filter.kind) {
    case Kind::kAnd:
      return simplified_group(filter, Kind::kAll, Kind::kNone);
    case Kind::kOr:
      return simplified_group(filter, Kind::kNone, Kind::kAll);
    case Kind::kNot: {
      VectorFilter child = simplified(filter.children.front());
      if (child.kind == Kind::kAll) return VectorFilter::none();
      if (child.kind == Kind::kNone) return {};
      return VectorFilter::negation(std::move(child));
    }
    case Kind::kInSet:
      return filter.numbers.empty() ? VectorFilter::none() : filter;
    case Kind::kDates:
    case Kind::kMessages:
      return filter.begin >= filter.end ? VectorFilter::none() : filter;
    default:
      return filter;
  }
}

Sources sources_of(const VectorFilter& filter) {
  switch (filter.kind) {
    case Kind::kNone:
      return std::vector<int64_t>();
    case Kind::kAnd:
      return sources_of_all(filter);
    case Kind::kOr:
      return sources_of_any(filter);
    case Kind::kInSet:
      if (filter.field == PointField::kSource) return filter.numbers;
      return {};
    default:
      return {};
  }
}

bool matches(const VectorFilter& filter, const Point& point) {
  const auto fits = [&](const VectorFilter& child) { return matches(child, point); };
  switch (filter.kind) {
    case Kind::kAll:
      return true;
    case Kind::kNone:
      return false;
    case Kind::kAnd:
      return std::ranges::all_of(filter.children, fits);
    case Kind::kOr:
      return std::ranges::any_of(filter.children, fits);
    case Kind::kNot:
      return !fits(filter.children.front());
    case Kind::kInSet:
      return is_in(filter, point);
    case Kind::kDates:
      return point.date != kNoDate && is_within(filter, point.date);
    case Kind::kMessages:
      return is_within(filter, static_cast<int64_t>(message_of(point.id)));
  }
  return false;
}

Status check_width(std::span<const float> vector, uint32_t width, const std::string& store) {
  if (vector.size() == width) return {};
  return Error{Code::kInvalidArgument,
               fmt::format("a vector of {} numbers, but {} has vectors of {}: the embedding model and the collection "
                           "do not belong together",
                           vector.size(), store, width)};
}

Status check_points(std::span<const Point> points, uint32_t width, const std::string& store) {
  for (const Point& point : points) {
    RETURN_IF_ERROR(check_width(point.vector, width, store));
    if (std::max(point.from.size(), point.to.size()) > kPointPeopleMax) {
      return Error{Code::kLimit, fmt::format("a point with more than {} people", kPointPeopleMax)};
    }
  }
  return {};
}

Status check_limit(uint32_t limit, uint32_t most) {
  if (limit >= 1 && limit <= most) return {};
  return Error{Code::kLimit, fmt::format("{} were asked for; it has to be 1 to {}", limit, most)};
}

}  // namespace custos::store
