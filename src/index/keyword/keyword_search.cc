#include "index/keyword_search.h"

#include <algorithm>
#include <optional>

#include "index/keyword/search/bm25.h"
#include "index/keyword/search/plan.h"
#include "index/keyword/search/segment_search.h"

namespace custos::index {
namespace {

bool is_better(const KeywordHit& a, const KeywordHit& b) {
  if (a.score != b.score) return a.score > b.score;
  return a.segment != b.segment ? a.segment < b.segment : a.row < b.row;
}

// The best hits so far: a heap with the worst of them on top.
class BestHits {
 public:
  explicit BestHits(uint32_t limit) : limit_(limit) {}

  void add(const KeywordHit& hit) {
    if (hits_.size() < limit_) {
      hits_.push_back(hit);
      std::push_heap(hits_.begin(), hits_.end(), is_better);
    } else if (limit_ > 0 && is_better(hit, hits_.front())) {
      std::pop_heap(hits_.begin(), hits_.end(), is_better);
      hits_.back() = hit;
      std::push_heap(hits_.begin(), hits_.end(), is_better);
    }
  }

  [[nodiscard]] std::vector<KeywordHit> take() {
    std::sort(hits_.begin(), hits_.end(), is_better);
    return std::move(hits_);
  }

 private:
  size_t limit_;
  std::vector<KeywordHit> hits_;
};

// PostingsFile is the only kind of reader there is.
Segments postings_files(const std::vector<std::shared_ptr<const PostingsReader>>& readers) {
  Segments files;
  for (const auto& reader : readers) files.push_back(std::static_pointer_cast<const PostingsFile>(reader));
  return files;
}

// The weights of all words that some message has.
double ideal_score(const PlanNode& node) {
  if (!node.is_scored) return 0;
  double score = 0;
  for (const PlanPhrase& phrase : node.phrases) score += phrase.rows > 0 ? phrase.weight : 0;
  for (const PlanNode& child : node.children) score += ideal_score(child);
  return score;
}

Status check_allowed(std::span<const RowSet> allowed, const Segments& segments) {
  if (allowed.empty()) return {};
  bool fits = allowed.size() == segments.size();
  for (size_t i = 0; fits && i < segments.size(); ++i) fits = allowed[i].rows() == segments[i]->rows();
  return fits ? Status() : Error{Code::kInvalidArgument, "the rows allowed are not those of the segments searched"};
}

}  // namespace

KeywordSearch::KeywordSearch(std::vector<std::shared_ptr<const PostingsReader>> segments, Bm25Options options)
    : segments_(std::move(segments)), options_(options) {}

Result<std::vector<RowSet>> KeywordSearch::match(const Query& query) const {
  const Segments segments = postings_files(segments_);
  ASSIGN_OR_RETURN(const Plan plan, make_plan(query, segments));
  const Bm25 bm25(options_, segments);
  std::vector<RowSet> rows;
  for (size_t i = 0; i < segments.size(); ++i) {
    SegmentSearch search(segments, i, bm25);
    rows.push_back(search.match(plan.root, RowSet(segments[i]->rows(), true)));
    RETURN_IF_ERROR(search.status());
  }
  return rows;
}

Result<KeywordResult> KeywordSearch::best(const Query& query, std::span<const RowSet> allowed, uint32_t limit) const {
  const Segments segments = postings_files(segments_);
  RETURN_IF_ERROR(check_allowed(allowed, segments));
  ASSIGN_OR_RETURN(const Plan plan, make_plan(query, segments));
  const Bm25 bm25(options_, segments);
  KeywordResult result;
  result.prefix_was_cut = plan.prefix_was_cut;
  result.ideal = static_cast<float>(ideal_score(plan.root));
  BestHits hits(limit);
  for (size_t i = 0; i < segments.size(); ++i) {
    SegmentSearch search(segments, i, bm25);
    const RowSet rows = search.score(plan.root, allowed.empty() ? RowSet(segments[i]->rows(), true) : allowed[i]);
    RETURN_IF_ERROR(search.status());
    result.matched += rows.count();
    const auto& scores = search.scores();
    rows.for_each([&](uint32_t row) { hits.add({static_cast<uint32_t>(i), row, scores[row]}); });
  }
  result.hits = hits.take();
  return result;
}

Result<std::vector<ScorePart>> KeywordSearch::explain(const Query& query, const KeywordHit& hit) const {
  const Segments segments = postings_files(segments_);
  if (hit.segment >= segments.size() || hit.row >= segments[hit.segment]->rows()) {
    return Error{Code::kInvalidArgument, "the hit is not one of these segments"};
  }
  ASSIGN_OR_RETURN(const Plan plan, make_plan(query, segments));
  const Bm25 bm25(options_, segments);
  SegmentSearch search(segments, hit.segment, bm25);
  std::vector<ScorePart> parts;
  search.explain_to(&parts);
  RowSet row(segments[hit.segment]->rows());
  row.add(hit.row);
  static_cast<void>(search.score(plan.root, row));
  RETURN_IF_ERROR(search.status());
  return parts;
}

}  // namespace custos::index
