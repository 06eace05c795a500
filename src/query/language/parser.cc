#include <fmt/format.h>

#include <utility>

#include "query/language.h"
#include "query/language/lexer.h"

namespace custos::query {
namespace {

using Kind = Expression::Kind;
using Token = Lexeme::Kind;

// query    := all ( OR all )*
// all      := sequence ( AND sequence )*
// sequence := operand+
// operand  := ( NOT | - | + ) operand | near
// near     := primary ( NEAR/n primary )*
// primary  := ( query ) | scope: primary | "phrase" | ="exact" | word | prefix*
class Parser {
 public:
  explicit Parser(std::vector<Lexeme> lexemes) : lexemes_(std::move(lexemes)) {}

  Result<Expression> parse() {
    if (now().kind == Token::kEnd) return Expression{};
    ASSIGN_OR_RETURN(Expression whole, alternatives(Scope::kNone));
    if (now().kind == Token::kClose) return error_at(now().span.begin, "a closing bracket without an opening one");
    return whole;
  }

 private:
  [[nodiscard]] const Lexeme& now() const { return lexemes_[at_]; }
  [[nodiscard]] Error too_deep(std::string_view what) const {
    return {Code::kLimit, error_at(now().span.begin, what).message};
  }
  [[nodiscard]] bool at_end() const { return now().kind == Token::kEnd || now().kind == Token::kClose; }

  Result<Expression> alternatives(Scope scope) {
    if (++depth_ > kQueryDepthMax) {
      return too_deep(fmt::format("more than {} brackets in one another", kQueryDepthMax));
    }
    Result<Expression> joined = join(Kind::kOr, Token::kOr, scope);
    --depth_;
    return joined;
  }

  // Children separated by `separator`.
  Result<Expression> join(Kind kind, Token separator, Scope scope) {
    Expression joined{.kind = kind};
    while (true) {
      ASSIGN_OR_RETURN(Expression child, kind == Kind::kOr ? join(Kind::kAnd, Token::kAnd, scope) : sequence(scope));
      joined.children.push_back(std::move(child));
      if (now().kind != separator) return whole(std::move(joined));
      ++at_;
    }
  }

  // Words side by side are one kAny; everything else beside them has to hold.
  Result<Expression> sequence(Scope scope) {
    Expression required{.kind = Kind::kAnd};
    Expression any{.kind = Kind::kAny};
    while (!at_end() && now().kind != Token::kOr && now().kind != Token::kAnd) {
      const bool must = now().kind == Token::kMust;
      ASSIGN_OR_RETURN(Expression operand, this->operand(scope));
      const bool is_word = operand.kind == Kind::kWord || operand.kind == Kind::kPrefix;
      (is_word && !must ? any : required).children.push_back(std::move(operand));
    }
    if (required.children.empty() && any.children.empty()) return missing_operand();
    if (!any.children.empty()) required.children.insert(required.children.begin(), whole(std::move(any)));
    return whole(std::move(required));
  }

  [[nodiscard]] Error missing_operand() const {
    if (at_ > 0 && lexemes_[at_ - 1].kind == Token::kOpen) return error_at(now().span.begin, "nothing in the brackets");
    const bool is_end = at_end();
    return error_at(
        now().span.begin,
        is_end ? "a word is missing after the operator"
               : "a word is missing before the operator; for the word itself write \"AND\" in quotation marks");
  }

  Result<Expression> operand(Scope scope) {
    if (now().kind == Token::kMust) {
      ++at_;
      return operand_after_sign(scope);
    }
    if (now().kind != Token::kNot) return near(scope);
    Expression denied{.kind = Kind::kNot, .span = now().span};
    ++at_;
    ASSIGN_OR_RETURN(Expression child, operand_after_sign(scope));
    denied.span.end = child.span.end;
    denied.children.push_back(std::move(child));
    return denied;
  }

  // "NOT NOT NOT …" is a nesting as deep as it is long.
  Result<Expression> operand_after_sign(Scope scope) {
    if (++depth_ > kQueryDepthMax) return too_deep("too many signs before one word");
    Result<Expression> child = operand(scope);
    --depth_;
    return child;
  }

  Result<Expression> near(Scope scope) {
    ASSIGN_OR_RETURN(Expression first, primary(scope));
    while (now().kind == Token::kNear) {
      const Lexeme& sign = now();
      ++at_;
      ASSIGN_OR_RETURN(Expression second, primary(scope));
      if (!can_be_near(first) || !can_be_near(second)) {
        return error_at(sign.span.begin, "NEAR stands between words and phrases, not brackets, filters or NOT");
      }
      Expression pair{.kind = Kind::kNear, .distance = sign.distance, .span = {first.span.begin, second.span.end}};
      if (first.kind == Kind::kNear && first.distance == sign.distance) {
        pair.children = std::move(first.children);
      } else if (first.kind == Kind::kNear) {
        return error_at(sign.span.begin, "one NEAR after the other wants the same number of words");
      } else {
        pair.children.push_back(std::move(first));
      }
      pair.children.push_back(std::move(second));
      first = std::move(pair);
    }
    return first;
  }

  static bool can_be_near(const Expression& expression) {
    switch (expression.kind) {
      case Kind::kWord:
      case Kind::kExact:
      case Kind::kPrefix:
      case Kind::kPhrase:
      case Kind::kNear:
        return true;
      default:
        return false;
    }
  }

  Result<Expression> primary(Scope scope) {
    switch (now().kind) {
      case Token::kOpen:
        return group(scope);
      case Token::kScope:
        return scoped(scope);
      case Token::kQuoted:
        return phrase(scope);
      case Token::kExact:
        return text(Kind::kExact, scope);
      case Token::kWord:
        return word(scope);
      default:
        return missing_operand();
    }
  }

  Result<Expression> group(Scope scope) {
    const size_t open = now().span.begin;
    ++at_;
    ASSIGN_OR_RETURN(Expression inner, alternatives(scope));
    if (now().kind != Token::kClose) return error_at(open, "a bracket that is never closed");
    inner.span = {static_cast<uint32_t>(open), now().span.end};
    ++at_;
    return inner;
  }

  Result<Expression> scoped(Scope outer) {
    const Lexeme sign = now();
    ++at_;
    if (outer != Scope::kNone) {
      return error_at(sign.span.begin, fmt::format("{}: inside {}:", scope_name(sign.scope), scope_name(outer)));
    }
    Result<Expression> inner = is_text_scope(sign.scope) ? primary(sign.scope) : filter(sign.scope);
    if (inner.ok()) inner->span.begin = sign.span.begin;
    return inner;
  }

  Result<Expression> filter(Scope scope) {
    const bool is_text = now().kind == Token::kWord || now().kind == Token::kQuoted;
    if (!is_text || now().text.find_first_not_of(' ') == std::string::npos) {
      return error_at(now().span.begin,
                      fmt::format("{}: wants a word, or words in quotation marks", scope_name(scope)));
    }
    return text(Kind::kFilter, scope);
  }

  Result<Expression> word(Scope scope) {
    Result<Expression> word = text(Kind::kWord, scope);
    if (!word->text.ends_with('*')) return word;
    while (word->text.ends_with('*')) word->text.pop_back();
    if (word->text.size() < 2) {
      return error_at(word->span.begin, "a prefix wants at least two letters before the *");
    }
    word->kind = Kind::kPrefix;
    return word;
  }

  // One word in quotation marks is that exact word; several are a phrase.
  Result<Expression> phrase(Scope scope) {
    const Lexeme& quoted = now();
    Expression phrase{.kind = Kind::kPhrase, .scope = scope, .span = quoted.span};
    for (size_t begin = 0; begin < quoted.text.size();) {
      const size_t end = std::min(quoted.text.find(' ', begin), quoted.text.size());
      if (end > begin) phrase.children.push_back(phrase_word(quoted, scope, begin, end));
      begin = end + 1;
    }
    if (phrase.children.empty()) return error_at(quoted.span.begin, "nothing between the quotation marks");
    ++at_;
    return whole(std::move(phrase));
  }

  static Expression phrase_word(const Lexeme& quoted, Scope scope, size_t begin, size_t end) {
    std::string text = quoted.text.substr(begin, end - begin);
    const bool is_prefix = text.size() > 2 && text.ends_with('*');
    if (is_prefix) text.pop_back();
    const uint32_t start = quoted.span.begin + 1;
    return {.kind = is_prefix ? Kind::kPrefix : Kind::kExact,
            .scope = scope,
            .text = std::move(text),
            .span = {start + static_cast<uint32_t>(begin), start + static_cast<uint32_t>(end)}};
  }

  Result<Expression> text(Kind kind, Scope scope) {
    Expression leaf{.kind = kind, .scope = scope, .text = now().text, .span = now().span};
    ++at_;
    return leaf;
  }

  // Its only child where it has no other; a kAny stays one.
  static Expression whole(Expression joined) {
    joined.span = {joined.children.front().span.begin, joined.children.back().span.end};
    if (joined.children.size() > 1 || joined.kind == Kind::kAny) return joined;
    Expression only = std::move(joined.children.front());
    return only;
  }

  std::vector<Lexeme> lexemes_;
  size_t at_ = 0;
  int depth_ = 0;
};

void append_text(const Expression& expression, std::string& out);

void append_children(const Expression& expression, std::string_view separator, std::string& out) {
  out += '(';
  for (size_t i = 0; i < expression.children.size(); ++i) {
    if (i > 0) out += separator;
    append_text(expression.children[i], out);
  }
  out += ')';
}

void append_leaf(const Expression& expression, std::string& out) {
  if (expression.scope != Scope::kNone) out.append(scope_name(expression.scope)).append(":");
  if (expression.kind == Kind::kExact) out += '=';
  const bool is_plain = expression.kind == Kind::kWord || expression.kind == Kind::kPrefix;
  out.append(is_plain ? "" : "\"").append(expression.text).append(is_plain ? "" : "\"");
  if (expression.kind == Kind::kPrefix) out += '*';
}

void append_text(const Expression& expression, std::string& out) {
  switch (expression.kind) {
    case Kind::kAnd:
      return append_children(expression, " AND ", out);
    case Kind::kOr:
      return append_children(expression, " OR ", out);
    case Kind::kAny:
      return append_children(expression, " ", out);
    case Kind::kPhrase:
      return append_children(expression, " THEN ", out);
    case Kind::kNear:
      return append_children(expression, fmt::format(" NEAR/{} ", expression.distance), out);
    case Kind::kNot:
      out += "NOT ";
      return append_text(expression.children.front(), out);
    default:
      return append_leaf(expression, out);
  }
}

}  // namespace

Result<Expression> parse_query(std::string_view query) {
  ASSIGN_OR_RETURN(std::vector<Lexeme> lexemes, split_query(query));
  return Parser(std::move(lexemes)).parse();
}

std::string to_text(const Expression& expression) {
  std::string text;
  append_text(expression, text);
  return text;
}

}  // namespace custos::query
