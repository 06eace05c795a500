// What all stores do with a filter.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "store/vector_filter.h"
#include "store/vector_store.h"

namespace custos::store {

// kLimit past the maxima of vector_filter.h.
[[nodiscard]] Status check_filter(const VectorFilter& filter);

// The same without kAll and kNone, unless one of them is all there is.
[[nodiscard]] VectorFilter simplified(const VectorFilter& filter);

// The only sources whose points can match, ascending; nothing where it may be any.
[[nodiscard]] std::optional<std::vector<int64_t>> sources_of(const VectorFilter& filter);

[[nodiscard]] bool matches(const VectorFilter& filter, const Point& point);

// kInvalidArgument where a vector has another width.
[[nodiscard]] Status check_width(std::span<const float> vector, uint32_t width, const std::string& store);
[[nodiscard]] Status check_points(std::span<const Point> points, uint32_t width, const std::string& store);
[[nodiscard]] Status check_limit(uint32_t limit, uint32_t most);

}  // namespace custos::store
