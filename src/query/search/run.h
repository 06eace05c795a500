// One request: plan, candidates, the best of them, and what is shown of each.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "index/keyword_search.h"
#include "model/encoder_sessions.h"
#include "query/plan/plan.h"
#include "query/rank/candidates.h"
#include "query/rank/near_identical.h"
#include "query/rank/store_candidates.h"
#include "query/search.h"

namespace custos::query {

// For one thread and one request.
class SearchRun {
 public:
  // `sessions` may be null: nothing is found by meaning.
  SearchRun(const store::Archive& archive, std::shared_ptr<const KeyRows> rows, model::EncoderSessions* sessions,
            const SearchOptions& options, const SearchRequest& request);

  [[nodiscard]] Result<SearchAnswer> answer();

 private:
  // A result, and how many near-identical ones it stands for.
  struct Kept {
    Candidate candidate;
    uint64_t folded = 0;
  };

  [[nodiscard]] Result<std::vector<Candidate>> find(SearchAnswer& answer);
  [[nodiscard]] Result<std::vector<Candidate>> find_all(SearchAnswer& answer);
  [[nodiscard]] Result<std::vector<Candidate>> find_by_word(SearchAnswer& answer);
  [[nodiscard]] Result<std::vector<Candidate>> find_by_meaning(SearchAnswer& answer);
  // From the store, or from the segments' vectors.
  [[nodiscard]] Result<std::vector<Candidate>> find_nearest(std::span<const float> query);
  // All rows that match, by date.
  [[nodiscard]] Result<std::vector<Candidate>> by_date(const index::Query& query, bool newest_first, uint64_t& total);
  [[nodiscard]] Status set_allowed(SearchAnswer& answer);

  [[nodiscard]] Result<std::vector<Kept>> keep(const std::vector<Candidate>& ranked);
  [[nodiscard]] Result<SearchResult> show(const Kept& kept);
  [[nodiscard]] Result<std::vector<ScoreShare>> shares_of(const Candidate& candidate) const;
  void note(std::string_view line);

  const store::Archive& archive_;
  const std::shared_ptr<const KeyRows> rows_;
  const std::shared_ptr<const store::Snapshot> snapshot_;
  model::EncoderSessions* sessions_;
  const SearchOptions& options_;
  const SearchRequest& request_;
  index::KeywordSearch words_;
  Plan plan_;
  std::vector<index::RowSet> allowed_;  // empty: all rows
  double weight_ = 0;                   // of the keyword score
  std::string notes_;
};

}  // namespace custos::query
