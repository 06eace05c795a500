#include "index/keyword/search/phrase_finder.h"

#include <algorithm>
#include <optional>

namespace custos::index {
namespace {

// Kuhn's algorithm: gives each part a beginning of its own.
class Assignment {
 public:
  explicit Assignment(const std::vector<std::vector<uint32_t>>& candidates)
      : candidates_(candidates), given_(candidates.size()) {}

  [[nodiscard]] bool is_complete() {
    for (size_t part = 0; part < candidates_.size(); ++part) {
      tried_.clear();
      if (!give(part)) return false;
    }
    return true;
  }

 private:
  // At most as deep as there are parts, since each step takes a beginning from another one.
  bool give(size_t part) {  // NOLINT(misc-no-recursion)
    for (const uint32_t begin : candidates_[part]) {
      if (std::find(tried_.begin(), tried_.end(), begin) != tried_.end()) continue;
      tried_.push_back(begin);
      const auto owner = std::find(given_.begin(), given_.end(), std::optional(begin));
      if (owner != given_.end() && !give(static_cast<size_t>(owner - given_.begin()))) continue;
      given_[part] = begin;
      return true;
    }
    return false;
  }

  const std::vector<std::vector<uint32_t>>& candidates_;
  std::vector<std::optional<uint32_t>> given_;
  std::vector<uint32_t> tried_;
};

// The beginnings from which a part ends at `end` or later and begins at most `distance` behind it: as many as there are
// parts are enough to choose from.
void reachable(const NearPart& part, uint32_t end, uint32_t distance, size_t most, std::vector<uint32_t>& out) {
  const uint32_t first = end + 1 >= part.length ? end + 1 - part.length : 0;
  auto at = std::lower_bound(part.begins.begin(), part.begins.end(), first);
  for (; at != part.begins.end() && *at <= end + distance && out.size() < most; ++at) out.push_back(*at);
}

bool is_near(const std::vector<NearPart>& parts, size_t anchor, uint32_t begin, uint32_t distance,
             std::vector<std::vector<uint32_t>>& candidates) {
  const uint32_t end = begin + parts[anchor].length - 1;
  for (size_t i = 0; i < parts.size(); ++i) {
    candidates[i].clear();
    if (i == anchor) {
      candidates[i].push_back(begin);
    } else {
      reachable(parts[i], end, distance, parts.size(), candidates[i]);
    }
    if (candidates[i].empty()) return false;
  }
  return Assignment(candidates).is_complete();
}

}  // namespace

WordPlaces::WordPlaces(const PlanWord& word, const PostingsFile& file, size_t segment, Failure& failure) {
  for (const PlanClass& terms : word.classes) {
    for (const PlanTerm& term : terms.terms) {
      if (term.entries[segment].rows > 0) cursors_.emplace_back(file, term.entries[segment], failure);
    }
  }
}

void WordPlaces::find(uint32_t row, Field field, std::vector<uint32_t>& out) {
  out.clear();
  size_t found = 0;
  for (PostingsCursor& cursor : cursors_) {
    cursor.seek(row);
    if (cursor.row() != row) continue;
    cursor.positions(field, out);
    ++found;
  }
  if (found > 1) std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
}

PhrasePlaces::PhrasePlaces(const PlanPhrase& phrase, const PostingsFile& file, size_t segment, Failure& failure)
    : fields_(phrase.fields) {
  for (const PlanWord& word : phrase.words) words_.emplace_back(word, file, segment, failure);
}

void PhrasePlaces::find(uint32_t row, Field field, std::vector<uint32_t>& out) {
  words_[0].find(row, field, out);
  for (size_t i = 1; i < words_.size() && !out.empty(); ++i) {
    words_[i].find(row, field, next_);
    auto at = next_.begin();
    std::erase_if(out, [&](uint32_t begin) {
      at = std::lower_bound(at, next_.end(), begin + static_cast<uint32_t>(i));
      return at == next_.end() || *at != begin + i;
    });
  }
}

uint32_t count_near(const std::vector<NearPart>& parts, uint32_t distance) {
  std::vector<std::vector<uint32_t>> candidates(parts.size());
  uint32_t count = 0;
  for (size_t anchor = 0; anchor < parts.size(); ++anchor) {
    for (const uint32_t begin : parts[anchor].begins) {
      count += is_near(parts, anchor, begin, distance, candidates) ? 1 : 0;
    }
  }
  return count;
}

}  // namespace custos::index
