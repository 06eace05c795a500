// Which points a search may return, as a typed tree. Stores render it from numbers alone, never from what people typed.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "store/entry.h"

namespace custos::store {

enum class PointField : uint8_t { kMessage, kSource, kFrom, kTo };

struct VectorFilter {
  enum class Kind : uint8_t {
    kAll,
    kNone,
    kAnd,       // all children
    kOr,        // any child
    kNot,       // not its only child
    kInSet,     // `field` is, or has, any of `numbers` (ascending)
    kDates,     // begin <= date < end; never a point without date
    kMessages,  // begin <= message key < end
  };

  Kind kind = Kind::kAll;
  PointField field = PointField::kMessage;
  std::vector<int64_t> numbers;
  int64_t begin = INT64_MIN;
  int64_t end = INT64_MAX;  // INT64_MAX: no end
  std::vector<VectorFilter> children;

  [[nodiscard]] static VectorFilter none() { return {.kind = Kind::kNone}; }
  [[nodiscard]] static VectorFilter in_set(PointField field, std::vector<int64_t> numbers) {
    return {.kind = Kind::kInSet, .field = field, .numbers = std::move(numbers)};
  }
  [[nodiscard]] static VectorFilter dates(int64_t begin, int64_t end) {
    return {.kind = Kind::kDates, .begin = begin, .end = end};
  }
  [[nodiscard]] static VectorFilter messages(MessageKey begin, MessageKey end) {
    return {.kind = Kind::kMessages, .begin = static_cast<int64_t>(begin), .end = static_cast<int64_t>(end)};
  }
  [[nodiscard]] static VectorFilter all_of(std::vector<VectorFilter> children) {
    return {.kind = Kind::kAnd, .children = std::move(children)};
  }
  [[nodiscard]] static VectorFilter any_of(std::vector<VectorFilter> children) {
    return {.kind = Kind::kOr, .children = std::move(children)};
  }
  [[nodiscard]] static VectorFilter negation(VectorFilter child) {
    VectorFilter made{.kind = Kind::kNot};
    made.children.push_back(std::move(child));
    return made;
  }
};

// More are refused with kLimit before anything is sent.
inline constexpr size_t kFilterNumbersMax = 65536;  // in all sets together
inline constexpr size_t kFilterNodesMax = 1024;
inline constexpr size_t kFilterDepthMax = 32;

}  // namespace custos::store
