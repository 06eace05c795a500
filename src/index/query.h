// A query as a typed tree: what the query language, filters and programs are lowered to. It never comes from strings
// pasted together.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "index/field.h"
#include "index/row_set.h"

namespace custos::index {

struct Query {
  enum class Kind : uint8_t {
    kEverything,  // all rows
    kWord,        // `text`, in `fields`: its stem in any language of the segment; scored
    kExact,       // `text`, in `fields`: the folded form itself; scored
    kPrefix,      // words that begin with `text`, in `fields`: at most kPrefixTermsMax of them; scored
    kPhrase,      // children (kWord, kExact or kPrefix) one after the other in one field; scored
    kNear,        // children (kWord, kExact, kPrefix or kPhrase) within `distance` words in one field; scored
    kAnd,         // all children
    kOr,          // any child; the scores add up
    kNot,         // not its only child; unscored
    kValue,       // `text` is exactly a value of `fields[0]` (kLanguage, kMark); unscored
    kNumbers,     // any of `numbers` (ascending) in `fields[0]` (kFrom, kTo); unscored
    kDate,        // begin <= date < end, Unix seconds; unscored
    kRows,        // `rows[i]` of segment i; unscored
  };

  Kind kind = Kind::kEverything;
  std::string text;
  std::vector<Field> fields;  // of words, exact words and prefixes: empty means authored, quoted and subject
  std::vector<uint64_t> numbers;
  uint32_t distance = 0;
  int64_t begin = INT64_MIN;
  int64_t end = INT64_MAX;
  std::vector<RowSet> rows;
  std::vector<Query> children;
};

// More than these are refused with kLimit before anything is read.
inline constexpr uint32_t kQueryNodesMax = 4096;
inline constexpr uint32_t kQueryDepthMax = 64;
inline constexpr uint32_t kPrefixTermsMax =
    1024;  // a prefix of more: the most frequent are taken, and the result says so

}  // namespace custos::index
