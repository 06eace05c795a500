// The query language (docs/query-language.md): a line of text becomes a tree whose nodes know where they stand in it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "document/span.h"

namespace custos::query {

// What may stand before a colon.
enum class Scope : uint8_t {
  kNone,      // authored text, quoted text and subject
  kSubject,   // subject:
  kBody,      // body: authored and quoted text
  kAuthored,  // authored:
  kQuoted,    // quoted:
  kFileName,  // filename:
  kFrom,      // from: a part of a name, or of an address
  kTo,        // to: To, Cc or Bcc
  kWith,      // with: anyone of the message
  kBefore,    // before: a date, exclusive
  kAfter,     // after: a date, inclusive
  kOn,        // on: a day, month or year
  kHas,       // has:attachment
  kLanguage,  // lang:de
  kThread,    // in:<thread id>
};

struct Expression {
  enum class Kind : uint8_t {
    kWord,    // text
    kExact,   // ="text" or a word of a phrase
    kPrefix,  // text*
    kPhrase,  // children: words, exact words, prefixes
    kNear,    // two or more children; distance
    kFilter,  // scope other than a text one, with text
    kAnd,
    kOr,
    kNot,  // one child
    kAny,  // words side by side: any of them makes a message a candidate, all of them make it better
  };

  Kind kind = Kind::kAny;
  Scope scope = Scope::kNone;
  std::string text;
  uint32_t distance = 0;
  document::Span span;  // bytes of the query
  std::vector<Expression> children;
};

inline constexpr size_t kQueryBytesMax = 16384;
inline constexpr int kQueryDepthMax = 32;

// Every string parses or gets an error that names the byte where it went wrong and says what to write instead:
// kInvalidArgument. "" is an empty kAny. kLimit: too long or too deep.
[[nodiscard]] Result<Expression> parse_query(std::string_view query);

// The query in canonical form with all brackets: for --explain.
[[nodiscard]] std::string to_text(const Expression& expression);

}  // namespace custos::query
