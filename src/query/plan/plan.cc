#include "query/plan/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "query/language/lexer.h"
#include "query/plan/date_range.h"

namespace custos::query {
namespace {

using index::Field;
using Node = index::Query;
using Kind = Expression::Kind;

// What becomes of words side by side: nothing has to hold, any of them, or all of them.
enum class Words { kIgnored, kAny, kAll };

std::vector<Field> text_fields(Scope scope) {
  switch (scope) {
    case Scope::kSubject:
      return {Field::kSubject};
    case Scope::kBody:
      return {Field::kAuthored, Field::kQuoted};
    case Scope::kAuthored:
      return {Field::kAuthored};
    case Scope::kQuoted:
      return {Field::kQuoted};
    case Scope::kFileName:
      return {Field::kFileName};
    default:
      return {};
  }
}

Node node(Node::Kind kind, std::vector<Node> children) {
  Node made;
  made.kind = kind;
  made.children = std::move(children);
  return made;
}

Node everything() { return {}; }

Node value(Field field, std::string text) {
  Node made;
  made.kind = Node::Kind::kValue;
  made.text = std::move(text);
  made.fields = {field};
  return made;
}

Node date_node(int64_t begin, int64_t end) {
  Node made;
  made.kind = Node::Kind::kDate;
  made.begin = begin;
  made.end = end;
  return made;
}

Result<Node> date_filter(Scope scope, const std::string& text) {
  const std::optional<DateRange> range = read_date_range(text);
  if (!range) {
    return Error{Code::kInvalidArgument,
                 fmt::format("{}: wants a date as 2001-05-14, 2001-05 or 2001", scope_name(scope))};
  }
  if (scope == Scope::kBefore) return date_node(INT64_MIN + 1, range->begin);
  if (scope == Scope::kAfter) return date_node(range->begin, INT64_MAX);
  return date_node(range->begin, range->end);
}

Result<Node> people_filter(Scope scope, const std::string& text, const NameResolver& names) {
  ASSIGN_OR_RETURN(std::vector<uint64_t> numbers, names.people(text));
  Node from;
  from.kind = Node::Kind::kNumbers;
  from.numbers = std::move(numbers);
  Node to = from;
  from.fields = {Field::kFrom};
  to.fields = {Field::kTo};
  if (scope == Scope::kFrom) return from;
  if (scope == Scope::kTo) return to;
  return node(Node::Kind::kOr, {std::move(from), std::move(to)});
}

Result<Node> filter(Scope scope, const std::string& text, const NameResolver& names) {
  switch (scope) {
    case Scope::kFrom:
    case Scope::kTo:
    case Scope::kWith:
      return people_filter(scope, text, names);
    case Scope::kBefore:
    case Scope::kAfter:
    case Scope::kOn:
      return date_filter(scope, text);
    case Scope::kLanguage:
      return value(Field::kLanguage, text);
    case Scope::kHas:
      if (text == "attachment" || text == "attachments") return value(Field::kMark, "attachment");
      return Error{Code::kInvalidArgument, "has: knows only has:attachment"};
    case Scope::kThread: {
      Node rows;
      rows.kind = Node::Kind::kRows;
      ASSIGN_OR_RETURN(rows.rows, names.thread(text));
      return rows;
    }
    default:
      return Error{Code::kInvalidArgument, "not a filter"};
  }
}

class Lowering {
 public:
  Lowering(const NameResolver& names, Words words) : names_(names), words_(words) {}

  Result<Node> lower(const Expression& expression) const {
    switch (expression.kind) {
      case Kind::kWord:
        return leaf(Node::Kind::kWord, expression);
      case Kind::kExact:
        return leaf(Node::Kind::kExact, expression);
      case Kind::kPrefix:
        return leaf(Node::Kind::kPrefix, expression);
      case Kind::kPhrase:
        return children(Node::Kind::kPhrase, expression);
      case Kind::kNear:
        return children(Node::Kind::kNear, expression);
      case Kind::kAnd:
        return children(Node::Kind::kAnd, expression);
      case Kind::kOr:
        return children(Node::Kind::kOr, expression);
      case Kind::kNot:
        return denied(expression);
      case Kind::kAny:
        return any(expression);
      case Kind::kFilter:
        return placed_filter(expression);
    }
    return everything();
  }

 private:
  static Node leaf(Node::Kind kind, const Expression& expression) {
    Node made;
    made.kind = kind;
    made.text = expression.text;
    made.fields = text_fields(expression.scope);
    return made;
  }

  Result<Node> children(Node::Kind kind, const Expression& expression) const {
    Node made;
    made.kind = kind;
    made.distance = expression.distance;
    made.children.reserve(expression.children.size());
    for (const Expression& child : expression.children) {
      ASSIGN_OR_RETURN(Node lowered, lower(child));
      made.children.push_back(std::move(lowered));
    }
    return made;
  }

  // "-(gas oil)" denies both words, whatever words side by side mean elsewhere.
  Result<Node> denied(const Expression& expression) const {
    return Lowering(names_, Words::kAny).children(Node::Kind::kNot, expression);
  }

  Result<Node> any(const Expression& expression) const {
    if (words_ == Words::kIgnored || expression.children.empty()) return everything();
    Node words = node(words_ == Words::kAll ? Node::Kind::kAnd : Node::Kind::kOr, {});
    for (const Expression& child : expression.children) add_pieces(child, words);
    return words;
  }

  // "gas/power" among plain words is two of them; "e-mail" and "ann@example.com" stay as they are, which the index
  // reads as phrases.
  static void add_pieces(const Expression& word, Node& words) {
    constexpr std::string_view kSeparators = ",;/|&!?";
    const Node::Kind kind = word.kind == Kind::kPrefix ? Node::Kind::kPrefix : Node::Kind::kWord;
    size_t begin = word.text.find_first_not_of(kSeparators);
    while (begin != std::string::npos) {
      const size_t end = std::min(word.text.find_first_of(kSeparators, begin), word.text.size());
      Expression piece = word;
      piece.text = word.text.substr(begin, end - begin);
      words.children.push_back(leaf(end == word.text.size() ? kind : Node::Kind::kWord, piece));
      begin = word.text.find_first_not_of(kSeparators, end);
    }
  }

  Result<Node> placed_filter(const Expression& expression) const {
    Result<Node> made = filter(expression.scope, expression.text, names_);
    const bool is_queries_fault =
        !made.ok() && (made.error().code == Code::kInvalidArgument || made.error().code == Code::kNotFound);
    if (!is_queries_fault) return made;
    return error_at(expression.span.begin, made.error().message);
  }

  const NameResolver& names_;
  Words words_;
};

// The given filters of one kind: any of them.
Status add_filters(Scope scope, const std::vector<std::string>& texts, const NameResolver& names,
                   std::vector<Node>& filters) {
  std::vector<Node> any;
  for (const std::string& text : texts) {
    ASSIGN_OR_RETURN(Node made, filter(scope, text, names));
    any.push_back(std::move(made));
  }
  if (!any.empty()) filters.push_back(node(Node::Kind::kOr, std::move(any)));
  return {};
}

Result<std::vector<Node>> request_filters(const SearchRequest& request, const NameResolver& names) {
  std::vector<Node> filters;
  RETURN_IF_ERROR(add_filters(Scope::kFrom, request.from, names, filters));
  RETURN_IF_ERROR(add_filters(Scope::kTo, request.to, names, filters));
  RETURN_IF_ERROR(add_filters(Scope::kAfter, request.after, names, filters));
  RETURN_IF_ERROR(add_filters(Scope::kBefore, request.before, names, filters));
  RETURN_IF_ERROR(add_filters(Scope::kLanguage, request.language, names, filters));
  RETURN_IF_ERROR(add_filters(Scope::kThread, request.thread, names, filters));
  if (request.has_attachment) filters.push_back(value(Field::kMark, "attachment"));
  return filters;
}

bool is_everything(const Node& tree) {
  if (tree.kind == Node::Kind::kAnd) return std::ranges::all_of(tree.children, is_everything);
  if (tree.kind == Node::Kind::kOr) return std::ranges::any_of(tree.children, is_everything);
  return tree.kind == Node::Kind::kEverything;
}

// The words whose meaning is asked for, in the user's order: not those that are denied or that name files.
void collect_words(const Expression& expression, bool is_required, Plan& plan) {
  if (expression.kind == Kind::kNot || expression.kind == Kind::kFilter) return;
  if (!expression.text.empty()) {
    plan.has_words = true;
    if (expression.scope == Scope::kFileName) return;
    plan.meaning.append(plan.meaning.empty() ? "" : " ").append(expression.text);
    ++(is_required ? plan.required : plan.words);
  }
  for (const Expression& child : expression.children) {
    collect_words(child, is_required || expression.kind == Kind::kPhrase || expression.kind == Kind::kNear, plan);
  }
}

}  // namespace

Result<Plan> make_plan(const SearchRequest& request, const NameResolver& names) {
  Plan plan;
  ASSIGN_OR_RETURN(plan.expression, parse_query(request.query));
  ASSIGN_OR_RETURN(std::vector<Node> filters, request_filters(request, names));
  const Expression& expression = plan.expression;
  collect_words(expression, false, plan);

  ASSIGN_OR_RETURN(Node condition, Lowering(names, Words::kIgnored).lower(expression));
  ASSIGN_OR_RETURN(Node scored, Lowering(names, request.all ? Words::kAll : Words::kAny).lower(expression));
  std::vector<Node> held = filters;
  held.push_back(std::move(condition));
  filters.push_back(std::move(scored));
  plan.condition = node(Node::Kind::kAnd, std::move(held));
  plan.scored = node(Node::Kind::kAnd, std::move(filters));
  plan.has_condition = !is_everything(plan.condition);
  return plan;
}

}  // namespace custos::query
