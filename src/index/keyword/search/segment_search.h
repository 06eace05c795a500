// Evaluates a plan on one segment. Private to search.
//
// Sets of rows are bits, and scores one number a row: a word's rows are read from front to back, or sought one by one
// where few rows are left (`within`). A node is never asked about more rows than its place in the tree leaves.
#pragma once

#include <cstdint>
#include <vector>

#include "index/keyword/file/postings_cursor.h"
#include "index/keyword/search/bm25.h"
#include "index/keyword/search/phrase_finder.h"
#include "index/keyword/search/plan.h"
#include "index/keyword_search.h"
#include "index/row_set.h"

namespace custos::index {

// For one thread. REQUIRES: what it is given outlives it.
class SegmentSearch {
 public:
  SegmentSearch(const Segments& segments, size_t segment, const Bm25& bm25)
      : file_(*segments[segment]), segment_(segment), bm25_(bm25) {}

  // The rows of `within` that match.
  [[nodiscard]] RowSet match(const PlanNode& node, const RowSet& within);
  // The same, and their scores are added to scores().
  [[nodiscard]] RowSet score(const PlanNode& node, const RowSet& within);
  // By row. REQUIRES: score() was called.
  [[nodiscard]] const std::vector<float>& scores() const { return scores_; }
  // From now on score() also appends what each word gave to a row.
  void explain_to(std::vector<ScorePart>* parts) { parts_ = parts; }
  [[nodiscard]] Status status() const { return failure_.status(); }

 private:
  [[nodiscard]] RowSet match_and(const PlanNode& node, const RowSet& within);
  [[nodiscard]] RowSet match_or(const PlanNode& node, const RowSet& within);
  [[nodiscard]] RowSet match_terms(const PlanNode& node, const RowSet& within);
  [[nodiscard]] RowSet match_dates(const PlanNode& node, const RowSet& within) const;
  [[nodiscard]] RowSet match_word(const PlanWord& word, uint8_t fields, const RowSet& within);
  [[nodiscard]] RowSet match_words(const PlanPhrase& phrase, const RowSet& within);
  void match_term(const TermEntry& entry, uint8_t fields, const RowSet& within, RowSet& out);
  [[nodiscard]] uint64_t cost(const PlanNode& node) const;
  [[nodiscard]] uint64_t cost(const PlanWord& word) const;

  [[nodiscard]] RowSet count_word(const PlanWord& word, uint8_t fields, const RowSet& within);
  [[nodiscard]] RowSet score_word(const PlanPhrase& phrase, const RowSet& within);
  [[nodiscard]] RowSet count_class(const PlanClass& terms, uint8_t fields, const RowSet& within,
                                   std::vector<float>& counts);
  void explain_word(const PlanPhrase& phrase, uint32_t row, float score);
  // The rows where the phrases stand, as a phrase or near each other; scored where asked.
  [[nodiscard]] RowSet find_phrases(const PlanNode& node, const RowSet& within, bool is_scored);
  [[nodiscard]] Frequencies phrase_frequency(std::vector<PhrasePlaces>& places, const PlanNode& node, uint32_t row);

  // visit(row, cursor): the rows of `within` that have the term.
  template <typename Visit>
  void for_each_row(const TermEntry& entry, const RowSet& within, Visit visit);

  const PostingsFile& file_;
  size_t segment_;
  const Bm25& bm25_;
  Failure failure_;
  std::vector<ScorePart>* parts_ = nullptr;
  std::vector<float> scores_;
  std::vector<float> best_counts_, counts_;  // by row; zero between words
  std::vector<NearPart> near_;
};

}  // namespace custos::index
