#include "store/vectors/milvus_filter.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <span>
#include <string_view>

namespace custos::store {
namespace {

using Kind = VectorFilter::Kind;

constexpr size_t kNumbersOfList = 16384;

std::string joined(const std::vector<std::string>& parts, const char* between) {
  return parts.size() == 1 ? parts.front() : fmt::format("({})", fmt::join(parts, between));
}

std::string in_list(std::string_view form, const char* field, std::span<const int64_t> numbers) {
  std::vector<std::string> parts;
  for (size_t at = 0; at < numbers.size(); at += kNumbersOfList) {
    const auto some = numbers.subspan(at, std::min(kNumbersOfList, numbers.size() - at));
    parts.push_back(fmt::format(fmt::runtime(form), field, fmt::join(some, ",")));
  }
  return joined(parts, " || ");
}

std::string in_set(const VectorFilter& filter) {
  constexpr std::string_view kIsOne = "{} in [{}]";
  constexpr std::string_view kHasOne = "array_contains_any({}, [{}])";
  switch (filter.field) {
    case PointField::kMessage:
      return in_list(kIsOne, kMilvusMessage, filter.numbers);
    case PointField::kSource:
      return in_list(kIsOne, kMilvusSource, filter.numbers);
    case PointField::kFrom:
      return in_list(kHasOne, kMilvusFrom, filter.numbers);
    case PointField::kTo:
      return in_list(kHasOne, kMilvusTo, filter.numbers);
  }
  return {};
}

// Never INT64_MIN, whose digits the expression's parser cannot read; no date is INT64_MIN itself.
std::string range(const char* field, const VectorFilter& filter) {
  std::vector<std::string> parts = {fmt::format("{} >= {}", field, std::max(filter.begin, INT64_MIN + 1))};
  if (filter.end != INT64_MAX) parts.push_back(fmt::format("{} < {}", field, filter.end));
  return joined(parts, " && ");
}

std::string group(const VectorFilter& filter, const char* between) {
  std::vector<std::string> parts;
  for (const VectorFilter& child : filter.children) parts.push_back(milvus_expression(child));
  return joined(parts, between);
}

}  // namespace

std::string milvus_expression(const VectorFilter& filter) {
  switch (filter.kind) {
    case Kind::kAll:
      return {};
    case Kind::kNone:
      assert(false);
      return {};
    case Kind::kAnd:
      return group(filter, " && ");
    case Kind::kOr:
      return group(filter, " || ");
    case Kind::kNot:
      return fmt::format("(not ({}))", milvus_expression(filter.children.front()));
    case Kind::kInSet:
      return in_set(filter);
    case Kind::kDates:
      return range(kMilvusDate, filter);
    case Kind::kMessages:
      return range(kMilvusMessage, filter);
  }
  return {};
}

}  // namespace custos::store
