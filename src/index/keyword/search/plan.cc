#include "index/keyword/search/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "index/keyword/search/query_check.h"
#include "index/keyword/search/word_terms.h"

namespace custos::index {
namespace {

constexpr uint8_t kDefaultFields = 0b0111;  // authored, quoted, subject

uint8_t field_bits(const std::vector<Field>& fields) {
  if (fields.empty()) return kDefaultFields;
  uint8_t bits = 0;
  for (const Field field : fields) bits |= static_cast<uint8_t>(1 << static_cast<uint8_t>(field));
  return bits;
}

class Planner {
 public:
  explicit Planner(const Segments& segments) : segments_(segments), words_(segments) {
    for (const auto& segment : segments) rows_ += segment->rows();
  }

  // REQUIRES: check_query() passed it.
  [[nodiscard]] Result<PlanNode> plan(const Query& query);
  [[nodiscard]] bool prefix_was_cut() const { return words_.prefix_was_cut(); }

 private:
  using Kind = PlanNode::Kind;

  [[nodiscard]] Result<PlanNode> plan_near(const Query& query);
  [[nodiscard]] Result<PlanNode> plan_children(const Query& query, Kind kind);
  [[nodiscard]] Result<PlanNode> plan_terms(const Query& query);
  [[nodiscard]] Result<PlanPhrase> plan_phrase(const Query& query);
  [[nodiscard]] Status append_words(const Query& query, PlanPhrase& phrase);
  void weigh(PlanPhrase& phrase) const;
  [[nodiscard]] double rarity(uint64_t with) const;  // inverse document frequency

  const Segments& segments_;
  WordTermsFinder words_;
  uint64_t rows_ = 0;
  size_t word_count_ = 0;
};

Result<PlanNode> Planner::plan(const Query& query) {
  PlanNode node;
  node.query = &query;
  switch (query.kind) {
    case Query::Kind::kEverything:
      node.kind = Kind::kEverything;
      return node;
    case Query::Kind::kDate:
      node.kind = Kind::kDate;
      return node;
    case Query::Kind::kRows:
      node.kind = Kind::kRows;
      return node;
    case Query::Kind::kValue:
    case Query::Kind::kNumbers:
      return plan_terms(query);
    case Query::Kind::kAnd:
      return plan_children(query, Kind::kAnd);
    case Query::Kind::kOr:
      return plan_children(query, Kind::kOr);
    case Query::Kind::kNot:
      return plan_children(query, Kind::kNot);
    case Query::Kind::kNear:
      return plan_near(query);
    case Query::Kind::kWord:
    case Query::Kind::kExact:
    case Query::Kind::kPrefix:
    case Query::Kind::kPhrase:
      break;
  }
  ASSIGN_OR_RETURN(PlanPhrase phrase, plan_phrase(query));
  node.kind = phrase.words.empty() || phrase.fields == 0 ? Kind::kNothing : Kind::kPhrase;
  node.is_scored = node.kind == Kind::kPhrase;
  node.phrases.push_back(std::move(phrase));
  return node;
}

Result<PlanNode> Planner::plan_children(const Query& query, Kind kind) {
  PlanNode node;
  node.kind = kind;
  node.query = &query;
  for (const Query& child : query.children) {
    ASSIGN_OR_RETURN(PlanNode planned, plan(child));
    node.is_scored |= planned.is_scored && kind != Kind::kNot;
    node.children.push_back(std::move(planned));
  }
  return node;
}

Result<PlanNode> Planner::plan_near(const Query& query) {
  PlanNode node;
  node.kind = Kind::kNear;
  node.query = &query;
  node.is_scored = true;
  for (const Query& child : query.children) {
    ASSIGN_OR_RETURN(PlanPhrase phrase, plan_phrase(child));
    if (!phrase.words.empty()) node.phrases.push_back(std::move(phrase));
  }
  if (node.phrases.empty()) node.kind = Kind::kNothing;
  return node;
}

Result<PlanNode> Planner::plan_terms(const Query& query) {
  PlanNode node;
  node.kind = Kind::kTerms;
  node.query = &query;
  std::vector<std::string> keys;
  if (query.kind == Query::Kind::kValue) {
    keys.push_back(value_key(query.fields[0], query.text));
  } else {
    for (const uint64_t number : query.numbers) keys.push_back(number_key(query.fields[0], number));
  }
  for (std::string& key : keys) {
    ASSIGN_OR_RETURN(PlanTerm term, words_.find(std::move(key)));
    if (term.entries.empty()) continue;
    node.terms.push_back(std::move(term));
  }
  return node;
}

Result<PlanPhrase> Planner::plan_phrase(const Query& query) {
  PlanPhrase phrase;
  if (query.kind == Query::Kind::kPhrase) {
    phrase.fields = (1 << kTextFields) - 1;
    for (const Query& child : query.children) {
      phrase.fields &= field_bits(child.fields);
      RETURN_IF_ERROR(append_words(child, phrase));
    }
  } else {
    phrase.fields = field_bits(query.fields);
    RETURN_IF_ERROR(append_words(query, phrase));
  }
  weigh(phrase);
  return phrase;
}

Status Planner::append_words(const Query& query, PlanPhrase& phrase) {
  RETURN_IF_ERROR(words_.append(query, phrase));
  word_count_ += phrase.words.size();
  if (word_count_ <= kQueryNodesMax) return {};
  return Error{Code::kLimit, fmt::format("the query has more than {} words: make it smaller", kQueryNodesMax)};
}

double Planner::rarity(uint64_t with) const {
  const auto all = static_cast<double>(rows_);
  const auto rows = static_cast<double>(with);
  return std::log(1 + (all - rows + 0.5) / (rows + 0.5));
}

void Planner::weigh(PlanPhrase& phrase) const {
  phrase.rows = rows_;
  for (PlanWord& word : phrase.words) {
    word.rows = std::min(word.rows, rows_);
    phrase.weight += rarity(word.rows);
    phrase.exact_weight += rarity(word.exact.rows);
    phrase.rows = std::min(phrase.rows, word.rows);
  }
}

}  // namespace

Result<Plan> make_plan(const Query& query, const Segments& segments) {
  RETURN_IF_ERROR(check_query(query, segments));
  Planner planner(segments);
  Plan plan;
  ASSIGN_OR_RETURN(plan.root, planner.plan(query));
  plan.prefix_was_cut = planner.prefix_was_cut();
  return plan;
}

}  // namespace custos::index
