// The terms that a word of a query stands for. Private to search.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "index/keyword/analysis/analyzer.h"
#include "index/keyword/search/plan.h"

namespace custos::index {

// A word asks for its folded form, and for each language of the segments for its stem: the words that were stemmed to
// it, and the word that is spelled like it. For one thread.
class WordTermsFinder {
 public:
  explicit WordTermsFinder(const Segments& segments);

  // Appends the words of a kWord, kExact or kPrefix, which may be several ("e-mail") or none ("--").
  [[nodiscard]] Status append(const Query& query, PlanPhrase& phrase);
  // A term without entries where no segment has it.
  [[nodiscard]] Result<PlanTerm> find(std::string key) const;
  [[nodiscard]] bool prefix_was_cut() const { return prefix_was_cut_; }

 private:
  [[nodiscard]] Result<PlanWord> exact(std::string_view plain) const;
  [[nodiscard]] Result<PlanWord> inflected(const AnalyzedWord& word);
  [[nodiscard]] Result<PlanWord> prefixed(std::string_view plain);
  [[nodiscard]] Status add_term(std::string key, PlanClass& terms) const;
  [[nodiscard]] std::vector<std::string> stems(const AnalyzedWord& word);

  const Segments& segments_;
  uint32_t languages_ = 0;
  Stemmers stemmers_;
  bool prefix_was_cut_ = false;
};

}  // namespace custos::index
