#include "stage/redact/overlap.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <tuple>

namespace custos::stage {
namespace {

bool begins_before(const Candidate& left, const Candidate& right) {
  return std::tuple(left.span.begin, left.span.end, left.recognizer) <
         std::tuple(right.span.begin, right.span.end, right.recognizer);
}

}  // namespace

bool is_preferred(const Candidate& left, const Candidate& right) {
  if (left.score != right.score) return left.score > right.score;
  if (left.span.size() != right.span.size()) return left.span.size() > right.span.size();
  if (left.span.begin != right.span.begin) return left.span.begin < right.span.begin;
  return left.recognizer < right.recognizer;
}

std::vector<Candidate> without_overlaps(std::vector<Candidate> candidates) {
  if (candidates.size() < 2) return candidates;
  std::sort(candidates.begin(), candidates.end(), is_preferred);
  std::map<uint32_t, Candidate> kept;  // by begin
  for (const Candidate& candidate : candidates) {
    const auto after = kept.lower_bound(candidate.span.begin);
    if (after != kept.end() && after->second.span.overlaps(candidate.span)) continue;
    if (after != kept.begin() && std::prev(after)->second.span.overlaps(candidate.span)) continue;
    kept.emplace_hint(after, candidate.span.begin, candidate);
  }
  std::vector<Candidate> out;
  out.reserve(kept.size());
  for (const auto& [begin, candidate] : kept) out.push_back(candidate);
  return out;
}

std::vector<Candidate> merged_overlaps(std::vector<Candidate> candidates) {
  std::sort(candidates.begin(), candidates.end(), begins_before);
  std::vector<Candidate> merged;  // each with its own span, beside the span of all that it stands for
  std::vector<document::Span> spans;
  for (const Candidate& candidate : candidates) {
    if (merged.empty() || candidate.span.begin >= spans.back().end) {
      merged.push_back(candidate);
      spans.push_back(candidate.span);
      continue;
    }
    spans.back().end = std::max(spans.back().end, candidate.span.end);
    if (is_preferred(candidate, merged.back())) merged.back() = candidate;
  }
  for (size_t i = 0; i < merged.size(); ++i) merged[i].span = spans[i];
  return merged;
}

std::vector<Candidate> without_overlaps_of_type(std::vector<Candidate> candidates,
                                                const std::vector<Recognizer>& recognizers) {
  std::map<std::string_view, std::vector<Candidate>> by_type;
  for (const Candidate& candidate : candidates) by_type[recognizers[candidate.recognizer].type].push_back(candidate);
  std::vector<Candidate> out;
  for (auto& [type, group] : by_type) {
    std::vector<Candidate> kept = without_overlaps(std::move(group));
    out.insert(out.end(), kept.begin(), kept.end());
  }
  std::sort(out.begin(), out.end(), begins_before);
  return out;
}

}  // namespace custos::stage
