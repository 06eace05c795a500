#include "query/search/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "query/passage/passage.h"
#include "query/search/archive_names.h"

namespace custos::query {
namespace {

constexpr uint32_t kFoldedFrom = 3;  // results looked at for each one wanted, since some fold into others

std::vector<std::shared_ptr<const index::PostingsReader>> postings_of(const store::Snapshot& snapshot) {
  std::vector<std::shared_ptr<const index::PostingsReader>> postings;
  for (const store::SegmentView& segment : snapshot.segments) postings.push_back(segment.postings);
  return postings;
}

uint64_t count(const std::vector<index::RowSet>& sets) {
  uint64_t rows = 0;
  for (const index::RowSet& set : sets) rows += set.count();
  return rows;
}

uint64_t count_rows(const store::Snapshot& snapshot) {
  uint64_t rows = 0;
  for (const store::SegmentView& segment : snapshot.segments) rows += segment.keys.size();
  return rows;
}

bool has_vectors(const store::Snapshot& snapshot) {
  return std::ranges::any_of(snapshot.segments, [](const auto& segment) { return segment.vectors != nullptr; });
}

// What near-identity is judged by: the first part with text.
Sketch body_sketch(const index::StoredText& stored) {
  return sketch_of(stored.parts.empty() ? std::string_view() : std::string_view(stored.parts.front().text.text()));
}

}  // namespace

SearchRun::SearchRun(const store::Archive& archive, std::shared_ptr<const KeyRows> rows,
                     model::EncoderSessions* sessions, const SearchOptions& options, const SearchRequest& request)
    : archive_(archive),
      rows_(std::move(rows)),
      snapshot_(rows_->snapshot()),
      sessions_(sessions),
      options_(options),
      request_(request),
      words_(postings_of(*snapshot_)) {}

Result<SearchAnswer> SearchRun::answer() {
  const auto start = std::chrono::steady_clock::now();
  ASSIGN_OR_RETURN(plan_, make_plan(request_, ArchiveNames(archive_, *snapshot_)));
  SearchAnswer answer;
  ASSIGN_OR_RETURN(const std::vector<Candidate> ranked, find(answer));
  ASSIGN_OR_RETURN(const std::vector<Kept> kept, keep(ranked));
  for (const Kept& one : kept) {
    ASSIGN_OR_RETURN(SearchResult result, show(one));
    answer.results.push_back(std::move(result));
  }
  answer.took_ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  answer.plan = std::move(notes_);
  return answer;
}

void SearchRun::note(std::string_view line) {
  if (request_.explain) notes_.append(line).append("\n");
}

Result<std::vector<Candidate>> SearchRun::find(SearchAnswer& answer) {
  note(fmt::format("query: {}", to_text(plan_.expression)));
  if (request_.all) return find_all(answer);
  RETURN_IF_ERROR(set_allowed(answer));
  if (!plan_.has_words) {
    note("no words to rank by: the newest first");
    return by_date(plan_.condition, true, answer.total);
  }
  const bool can_embed =
      sessions_ != nullptr && (options_.vectors || has_vectors(*snapshot_)) && !plan_.meaning.empty();
  if (request_.mode == Mode::kKeyword) return find_by_word(answer);
  if (can_embed) return find_by_meaning(answer);
  if (request_.mode == Mode::kHybrid) {
    note("by word alone: no embedding model, or nothing was embedded");
    return find_by_word(answer);
  }
  return Error{
      Code::kUnsupported,
      "search by meaning needs the embedding model and an archive ingested with it; use --mode keyword, or name "
      "the model's folder with --models and run custos rebuild --embeddings"};
}

Status SearchRun::set_allowed(SearchAnswer& answer) {
  answer.total = count_rows(*snapshot_);
  if (!plan_.has_condition) return {};
  ASSIGN_OR_RETURN(allowed_, words_.match(plan_.condition));
  answer.total = count(allowed_);
  answer.total_is_exact = !plan_.has_words;
  note(fmt::format("filters and phrases leave {} messages of {}", answer.total, count_rows(*snapshot_)));
  return {};
}

Result<std::vector<Candidate>> SearchRun::find_all(SearchAnswer& answer) {
  note("every match, oldest first: words side by side must all be there");
  answer.total_is_exact = true;
  return by_date(plan_.scored, false, answer.total);
}

Result<std::vector<Candidate>> SearchRun::by_date(const index::Query& query, bool newest_first, uint64_t& total) {
  ASSIGN_OR_RETURN(const std::vector<index::RowSet> matched, words_.match(query));
  total = count(matched);
  std::vector<std::pair<int64_t, Candidate>> dated;
  for (uint32_t segment = 0; segment < matched.size(); ++segment) {
    const std::span<const int64_t> dates = snapshot_->segments[segment].postings->dates();
    matched[segment].for_each([&](uint32_t row) {
      const int64_t date = newest_first && dates[row] != INT64_MIN ? -dates[row] : dates[row];
      dated.emplace_back(date, Candidate{.segment = segment, .row = row});
    });
  }
  const auto rank = [](const auto& pair) { return std::tuple(pair.first, pair.second.segment, pair.second.row); };
  std::ranges::sort(dated, {}, rank);
  std::vector<Candidate> candidates;
  for (const auto& [date, candidate] : dated) candidates.push_back(candidate);
  return candidates;
}

Result<std::vector<Candidate>> SearchRun::find_by_word(SearchAnswer& answer) {
  ASSIGN_OR_RETURN(const index::KeywordResult found, words_.best(plan_.scored, {}, options_.candidates));
  answer.total = found.matched;
  answer.total_is_exact = true;
  weight_ = 1;
  note(fmt::format("by word: {} messages match", found.matched));
  if (found.prefix_was_cut) note("a prefix had too many words: the most frequent were taken");
  std::vector<Candidate> candidates;
  for (const index::KeywordHit& hit : found.hits) {
    candidates.push_back({hit.segment, hit.row, hit.score, 0, kNoVector, hit.score});
  }
  return candidates;
}

Result<std::vector<Candidate>> SearchRun::find_nearest(std::span<const float> query) {
  if (!options_.vectors) {
    ASSIGN_OR_RETURN(std::vector<Candidate> near, nearest(*snapshot_, query, allowed_, options_.candidates));
    note(fmt::format("by meaning: the {} nearest", near.size()));
    return near;
  }
  store::VectorStore& store = *options_.vectors;
  ASSIGN_OR_RETURN(StoreCandidates found,
                   nearest_in_store(*rows_, store, query, plan_.condition, allowed_, options_.candidates));
  note(fmt::format("by meaning: the {} nearest, from {} in {} searches; {} matches refused{}", found.best.size(),
                   store.name(), found.searches, found.dropped,
                   found.was_cut ? ", which are as many as are looked at: there may be more" : ""));
  return std::move(found.best);
}

Result<std::vector<Candidate>> SearchRun::find_by_meaning(SearchAnswer& answer) {
  ASSIGN_OR_RETURN(const std::vector<float> query, sessions_->embed(plan_.meaning));
  ASSIGN_OR_RETURN(std::vector<Candidate> near, find_nearest(query));
  if (request_.mode == Mode::kVector) return near;
  ASSIGN_OR_RETURN(const index::KeywordResult found, words_.best(plan_.scored, {}, options_.candidates));
  weight_ = keyword_weight(plan_, options_.keyword_weight);
  note(fmt::format("by word: {} messages match; the best {} are weighed {:.2f} to {:.2f}", found.matched,
                   found.hits.size(), weight_, 1 - weight_));
  answer.total = std::max<uint64_t>(found.matched, near.size());
  std::vector<Candidate> candidates = join(*snapshot_, query, found.hits, std::move(near));
  if (options_.vectors) RETURN_IF_ERROR(add_cosines(*rows_, *options_.vectors, query, candidates));
  fuse(candidates, weight_, found.ideal);
  return candidates;
}

Result<std::vector<SearchRun::Kept>> SearchRun::keep(const std::vector<Candidate>& ranked) {
  const size_t limit = request_.all ? ranked.size() : request_.limit;
  std::vector<Kept> kept;
  if (request_.all || !options_.fold) {
    for (const Candidate& candidate : ranked) {
      if (kept.size() < limit) kept.push_back({candidate});
    }
    return kept;
  }
  std::vector<Sketch> sketches;
  const size_t looked_at = std::min<size_t>(ranked.size(), limit * kFoldedFrom);
  for (size_t i = 0; i < looked_at; ++i) {
    ASSIGN_OR_RETURN(const index::StoredText stored, snapshot_->segments[ranked[i].segment].texts->read(ranked[i].row));
    const Sketch sketch = body_sketch(stored);
    const auto same =
        std::ranges::find_if(sketches, [&](const Sketch& other) { return near_identical(sketch, other); });
    if (same != sketches.end()) {
      ++kept[static_cast<size_t>(same - sketches.begin())].folded;
    } else if (kept.size() < limit) {
      kept.push_back({ranked[i]});
      sketches.push_back(sketch);
    }
  }
  return kept;
}

Result<SearchResult> SearchRun::show(const Kept& kept) {
  const Candidate& candidate = kept.candidate;
  const store::SegmentView& segment = snapshot_->segments[candidate.segment];
  const store::MessageKey key = segment.keys[candidate.row];
  SearchResult result;
  ASSIGN_OR_RETURN(result.message, archive_.message(key));
  ASSIGN_OR_RETURN(store::Participants people, archive_.participants(key));
  ASSIGN_OR_RETURN(result.places, archive_.places(key));
  ASSIGN_OR_RETURN(result.thread_messages, archive_.thread_size(key));
  ASSIGN_OR_RETURN(const index::StoredText stored, segment.texts->read(candidate.row));
  const Passage passage = choose_passage(stored, plan_.scored, candidate.vector, kPassageBytesMax);
  if (passage.part < stored.parts.size()) {
    result.passage = stored.parts[passage.part].text.slice(passage.span);
    result.passage_part = stored.parts[passage.part].part;
  }
  result.passage_span = passage.span;
  result.highlights = passage.highlights;
  result.score = candidate.score;
  result.folded = kept.folded;
  result.from = std::move(people.from);
  result.to = std::move(people.to);
  if (request_.explain) {
    ASSIGN_OR_RETURN(result.shares, shares_of(candidate));
  }
  return result;
}

Result<std::vector<ScoreShare>> SearchRun::shares_of(const Candidate& candidate) const {
  std::vector<ScoreShare> shares;
  if (candidate.vector != kNoVector) {
    const double share = (1 - weight_) * std::max(candidate.cosine, 0.0F);
    shares.push_back({"meaning", candidate.cosine, static_cast<float>(1 - weight_), static_cast<float>(share)});
  }
  if (candidate.keyword <= 0) return shares;
  const double share = candidate.score - (shares.empty() ? 0 : shares.front().share);
  shares.push_back({"words", candidate.keyword, static_cast<float>(weight_), static_cast<float>(share)});
  const index::KeywordHit hit{candidate.segment, candidate.row, candidate.keyword};
  ASSIGN_OR_RETURN(const std::vector<index::ScorePart> parts, words_.explain(plan_.scored, hit));
  for (const index::ScorePart& part : parts) {
    const double part_share = share * part.score / candidate.keyword;
    shares.push_back({part.term, part.score, static_cast<float>(weight_), static_cast<float>(part_share)});
  }
  return shares;
}

}  // namespace custos::query
