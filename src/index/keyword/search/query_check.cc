#include "index/keyword/search/query_check.h"

#include <fmt/format.h>

#include <algorithm>

namespace custos::index {
namespace {

using Kind = Query::Kind;

Error invalid(std::string_view what) { return {Code::kInvalidArgument, fmt::format("query: {}", what)}; }

bool is_word(Kind kind) { return kind == Kind::kWord || kind == Kind::kExact || kind == Kind::kPrefix; }
bool is_text(Field field) { return static_cast<int>(field) < kTextFields; }
bool is_value(Field field) { return field == Field::kLanguage || field == Field::kMark; }
bool is_number(Field field) { return field == Field::kFrom || field == Field::kTo; }

class QueryCheck {
 public:
  explicit QueryCheck(const Segments& segments) : segments_(segments) {}

  [[nodiscard]] Status check(const Query& query, uint32_t depth) {
    if (++nodes_ > kQueryNodesMax) {
      return Error{Code::kLimit, fmt::format("the query has more than {} parts: make it smaller", kQueryNodesMax)};
    }
    if (depth > kQueryDepthMax) {
      return Error{Code::kLimit, fmt::format("the query is nested deeper than {}", kQueryDepthMax)};
    }
    RETURN_IF_ERROR(check_node(query));
    for (const Query& child : query.children) RETURN_IF_ERROR(check(child, depth + 1));
    return {};
  }

 private:
  [[nodiscard]] Status check_node(const Query& query) const {
    switch (query.kind) {
      case Kind::kWord:
      case Kind::kExact:
      case Kind::kPrefix:
        return check_word(query);
      case Kind::kPhrase:
        return check_words(query, false);
      case Kind::kNear:
        return check_near(query);
      case Kind::kNot:
        return query.children.size() == 1 ? Status() : invalid("NOT takes one part");
      case Kind::kValue:
        return query.fields.size() == 1 && is_value(query.fields[0]) ? Status() : invalid("a value needs its field");
      case Kind::kNumbers:
        return query.fields.size() == 1 && is_number(query.fields[0]) ? Status() : invalid("numbers need their field");
      case Kind::kRows:
        return check_rows(query);
      case Kind::kEverything:
      case Kind::kAnd:
      case Kind::kOr:
      case Kind::kDate:
        break;
    }
    return {};
  }

  static Status check_word(const Query& query) {
    if (!std::all_of(query.fields.begin(), query.fields.end(), is_text)) return invalid("a word in a field of no text");
    return query.children.empty() ? Status() : invalid("a word has no parts");
  }

  static Status check_words(const Query& query, bool may_be_phrases) {
    for (const Query& child : query.children) {
      if (is_word(child.kind) || (may_be_phrases && child.kind == Kind::kPhrase)) continue;
      return invalid("a phrase or NEAR is made of words");
    }
    return {};
  }

  static Status check_near(const Query& query) {
    if (query.children.size() > kNearChildrenMax) {
      return Error{Code::kLimit, fmt::format("NEAR takes at most {} parts", kNearChildrenMax)};
    }
    if (query.distance > kNearDistanceMax) {
      return Error{Code::kLimit, fmt::format("NEAR reaches over at most {} words", kNearDistanceMax)};
    }
    return check_words(query, true);
  }

  Status check_rows(const Query& query) const {
    if (query.rows.size() != segments_.size()) return invalid("rows of another number of segments");
    for (size_t i = 0; i < segments_.size(); ++i) {
      if (query.rows[i].rows() != segments_[i]->rows()) return invalid("rows of another segment");
    }
    return {};
  }

  const Segments& segments_;
  size_t nodes_ = 0;
};

}  // namespace

Status check_query(const Query& query, const Segments& segments) { return QueryCheck(segments).check(query, 1); }

}  // namespace custos::index
