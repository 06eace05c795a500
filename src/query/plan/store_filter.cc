#include "query/plan/store_filter.h"

#include <algorithm>
#include <utility>

#include "store/vector_store.h"

namespace custos::query {
namespace {

using Kind = index::Query::Kind;
using store::PointField;
using store::VectorFilter;

constexpr size_t kNumbersMax = store::kFilterNumbersMax / 4;
constexpr size_t kNodesMax = store::kFilterNodesMax / 2;
constexpr size_t kDepthMax = store::kFilterDepthMax / 2;

struct Lowered {
  VectorFilter filter;
  bool is_exact = true;  // lets nothing else through
};

class StoreLowering {
 public:
  Lowered lower(const index::Query& query, size_t depth) {
    if (++nodes_ > kNodesMax || depth > kDepthMax) return wider();
    switch (query.kind) {
      case Kind::kEverything:
        return {};
      case Kind::kAnd:
        return group(VectorFilter::Kind::kAnd, query, depth);
      case Kind::kOr:
        return group(VectorFilter::Kind::kOr, query, depth);
      case Kind::kNot: {
        Lowered child = lower(query.children.front(), depth + 1);
        if (!child.is_exact) return wider();
        return {VectorFilter::negation(std::move(child.filter)), true};
      }
      case Kind::kNumbers:
        return people(query);
      case Kind::kDate:
        if (query.begin == INT64_MIN) return wider();  // also those without date, which no store says
        return {VectorFilter::dates(query.begin, query.end), true};
      default:
        return wider();
    }
  }

 private:
  static Lowered wider() { return {{}, false}; }

  Lowered group(VectorFilter::Kind kind, const index::Query& query, size_t depth) {
    Lowered made{{.kind = kind}, true};
    for (const index::Query& child : query.children) {
      Lowered lowered = lower(child, depth + 1);
      made.is_exact = made.is_exact && lowered.is_exact;
      made.filter.children.push_back(std::move(lowered.filter));
    }
    return made;
  }

  // Messages with too many people to list may be anybody's.
  Lowered people(const index::Query& query) {
    numbers_ += query.numbers.size() + 1;
    if (numbers_ > kNumbersMax) return wider();
    std::vector<int64_t> numbers = {store::kManyPeople};
    numbers.insert(numbers.end(), query.numbers.begin(), query.numbers.end());
    const bool is_from = query.fields.front() == index::Field::kFrom;
    return {VectorFilter::in_set(is_from ? PointField::kFrom : PointField::kTo, std::move(numbers)), false};
  }

  size_t nodes_ = 0;
  size_t numbers_ = 0;
};

}  // namespace

store::VectorFilter store_filter(const index::Query& condition) { return StoreLowering().lower(condition, 1).filter; }

}  // namespace custos::query
