// The words of the query language: brackets, quoted strings, operators, scopes and words, with their places.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "document/span.h"
#include "query/language.h"

namespace custos::query {

struct Lexeme {
  enum class Kind : uint8_t {
    kOpen,    // (
    kClose,   // )
    kQuoted,  // "text": without the quotes
    kExact,   // ="text"
    kWord,
    kScope,  // name: with nothing between it and what it stands before
    kAnd,
    kOr,
    kNot,   // NOT, or a minus right before what it denies
    kMust,  // a plus right before what it demands
    kNear,  // NEAR or NEAR/7
    kEnd,
  };

  Kind kind = Kind::kEnd;
  Scope scope = Scope::kNone;
  uint32_t distance = 0;
  std::string text;
  document::Span span;
};

// Ends with kEnd.
[[nodiscard]] Result<std::vector<Lexeme>> split_query(std::string_view query);

// "" for kNone; "from" for kFrom.
[[nodiscard]] std::string_view scope_name(Scope scope);
// Of the text scopes a query can be read in; all others are filters.
[[nodiscard]] bool is_text_scope(Scope scope);

// An Error with "at byte N of the query: …".
[[nodiscard]] Error error_at(size_t position, std::string_view what);

}  // namespace custos::query
