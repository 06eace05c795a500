// A query and its filters as what the indexes understand.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "index/query.h"
#include "query/language.h"
#include "query/search.h"
#include "store/archive.h"
#include "store/snapshot.h"

namespace custos::query {

struct Plan {
  Expression expression;
  index::Query condition;      // what has to hold, whatever the score: filters, phrases, NOT
  index::Query scored;         // `condition` and words: what a message must match to be found by word
  std::string meaning;         // the words to be found by meaning, as the user wrote them
  bool has_condition = false;  // else `condition` is kEverything
  bool has_words = false;      // else there is nothing to score by
  uint32_t words = 0;
  uint32_t required = 0;  // phrases, exact words, NEAR and signed words
};

// What names mean in this archive.
class NameResolver {
 public:
  virtual ~NameResolver() = default;
  [[nodiscard]] virtual Result<std::vector<uint64_t>> people(std::string_view text) const = 0;
  // One set a segment; kNotFound where there is no such thread, so that a mistyped id does not look like no match.
  [[nodiscard]] virtual Result<std::vector<index::RowSet>> thread(std::string_view name) const = 0;
};

// kInvalidArgument names the byte for what is wrong in the query, and the filter for what is wrong there.
[[nodiscard]] Result<Plan> make_plan(const SearchRequest& request, const NameResolver& names);

}  // namespace custos::query
