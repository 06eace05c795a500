#include "query/language/lexer.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <utility>

#include "base/utf8.h"

namespace custos::query {
namespace {

using Kind = Lexeme::Kind;

constexpr std::array<std::pair<std::string_view, Scope>, 14> kScopes = {{{"subject", Scope::kSubject},
                                                                         {"body", Scope::kBody},
                                                                         {"authored", Scope::kAuthored},
                                                                         {"quoted", Scope::kQuoted},
                                                                         {"filename", Scope::kFileName},
                                                                         {"from", Scope::kFrom},
                                                                         {"to", Scope::kTo},
                                                                         {"with", Scope::kWith},
                                                                         {"before", Scope::kBefore},
                                                                         {"after", Scope::kAfter},
                                                                         {"on", Scope::kOn},
                                                                         {"has", Scope::kHas},
                                                                         {"lang", Scope::kLanguage},
                                                                         {"in", Scope::kThread}}};
constexpr uint32_t kNearDefault = 10;
constexpr uint32_t kNearMax = 1000;

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool ends_word(char c) { return is_space(c) || c == '(' || c == ')' || c == '"'; }

class Lexer {
 public:
  explicit Lexer(std::string_view query) : query_(query) {}

  Result<std::vector<Lexeme>> split() {
    while (true) {
      while (at_ < query_.size() && is_space(query_[at_])) ++at_;
      if (at_ == query_.size()) break;
      RETURN_IF_ERROR(next());
    }
    push(Kind::kEnd, at_, "");
    return std::move(lexemes_);
  }

 private:
  Status next() {
    const char c = query_[at_];
    if (c == '(') return mark(Kind::kOpen, 1);
    if (c == ')') return mark(Kind::kClose, 1);
    if (c == '"') return quoted(Kind::kQuoted, at_);
    if (query_.substr(at_, 2) == "=\"") return quoted(Kind::kExact, at_ + 1);
    if ((c == '-' || c == '+') && at_ + 1 < query_.size() && begins_operand(query_[at_ + 1])) {
      return mark(c == '-' ? Kind::kNot : Kind::kMust, 1);
    }
    if (const Scope scope = scope_here(); scope != Scope::kNone) return scoped(scope);
    return word();
  }

  // "-" and "+" are signs only before what they sign: "--" and "- x" are text.
  static bool begins_operand(char c) { return !is_space(c) && c != ')' && c != '-' && c != '+'; }

  Status mark(Kind kind, size_t size) {
    push(kind, at_ + size, "");
    return {};
  }

  // `open` is the opening quotation mark's place.
  Status quoted(Kind kind, size_t open) {
    const size_t close = query_.find('"', open + 1);
    if (close == std::string_view::npos) {
      return error_at(open, "a quotation mark without its partner; write \"two words\"");
    }
    push(kind, close + 1, query_.substr(open + 1, close - open - 1));
    return {};
  }

  [[nodiscard]] Scope scope_here() const {
    for (const auto& [name, scope] : kScopes) {
      if (query_.substr(at_, name.size()) == name && query_.substr(at_ + name.size(), 1) == ":") return scope;
    }
    return Scope::kNone;
  }

  Status scoped(Scope scope) {
    const size_t end = at_ + scope_name(scope).size() + 1;
    if (end == query_.size() || is_space(query_[end]) || query_[end] == ')') {
      return error_at(end, fmt::format("nothing after \"{}:\"; write it without a space, as {}:word", scope_name(scope),
                                       scope_name(scope)));
    }
    push(Kind::kScope, end, "");
    lexemes_.back().scope = scope;
    return {};
  }

  Status word() {
    size_t end = at_;
    while (end < query_.size() && !ends_word(query_[end])) ++end;
    const std::string_view text = query_.substr(at_, end - at_);
    if (text == "AND") return mark(Kind::kAnd, 3);
    if (text == "OR") return mark(Kind::kOr, 2);
    if (text == "NOT") return mark(Kind::kNot, 3);
    if (text == "NEAR" || text.starts_with("NEAR/")) return near(text);
    push(Kind::kWord, end, text);
    return {};
  }

  Status near(std::string_view text) {
    uint32_t distance = kNearDefault;
    if (const std::string_view number = text.size() > 4 ? text.substr(5) : std::string_view(); text.size() > 4) {
      const auto [stop, error] = std::from_chars(number.data(), number.data() + number.size(), distance);
      const bool is_whole = error == std::errc() && stop == number.data() + number.size();
      if (!is_whole || distance == 0 || distance > kNearMax) {
        return error_at(at_ + 5, fmt::format("NEAR/ wants a number of words from 1 to {}, as NEAR/5", kNearMax));
      }
    }
    push(Kind::kNear, at_ + text.size(), "");
    lexemes_.back().distance = distance;
    return {};
  }

  void push(Kind kind, size_t end, std::string_view text) {
    lexemes_.push_back(
        {kind, Scope::kNone, 0, std::string(text), {static_cast<uint32_t>(at_), static_cast<uint32_t>(end)}});
    at_ = end;
  }

  std::string_view query_;
  size_t at_ = 0;
  std::vector<Lexeme> lexemes_;
};

}  // namespace

std::string_view scope_name(Scope scope) {
  for (const auto& [name, named] : kScopes) {
    if (named == scope) return name;
  }
  return "";
}

bool is_text_scope(Scope scope) { return scope <= Scope::kFileName; }

Error error_at(size_t position, std::string_view what) {
  return {Code::kInvalidArgument, fmt::format("at byte {} of the query: {}", position, what)};
}

Result<std::vector<Lexeme>> split_query(std::string_view query) {
  if (query.size() > kQueryBytesMax) {
    return Error{Code::kLimit, fmt::format("the query has {} bytes, more than {}", query.size(), kQueryBytesMax)};
  }
  for (size_t at = 0; at < query.size();) {
    const size_t length = utf8_sequence_length(query, at);
    if (length == 0) return error_at(at, "not UTF-8");
    at += length;
  }
  return Lexer(query).split();
}

}  // namespace custos::query
