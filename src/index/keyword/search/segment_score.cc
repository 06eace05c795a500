// The half of SegmentSearch that scores.
#include <algorithm>
#include <bit>
#include <utility>

#include "index/keyword/search/segment_search.h"

namespace custos::index {
namespace {

constexpr uint64_t kSeekFactor = 16;

float class_count(const PlanClass& terms, const Frequencies& frequency, const std::array<uint8_t, kTextFields>& lengths,
                  const Bm25& bm25) {
  return terms.terms.empty() ? 0 : bm25.count(frequency, lengths);
}

}  // namespace

RowSet SegmentSearch::score(const PlanNode& node, const RowSet& within) {  // NOLINT(misc-no-recursion)
  scores_.resize(file_.rows());
  if (!node.is_scored) return match(node, within);
  switch (node.kind) {
    case PlanNode::Kind::kPhrase:
      return node.phrases[0].words.size() == 1 ? score_word(node.phrases[0], within) : find_phrases(node, within, true);
    case PlanNode::Kind::kNear:
      return find_phrases(node, within, true);
    case PlanNode::Kind::kOr: {
      RowSet rows(file_.rows());
      for (const PlanNode& child : node.children) rows |= score(child, within);
      return rows;
    }
    default:
      break;
  }
  // All children match in these rows, so that each adds its score to every one of them.
  RowSet rows = match(node, within);
  for (const PlanNode& child : node.children) {
    if (child.is_scored) static_cast<void>(score(child, rows));
  }
  return rows;
}

// Adds to `counts` what each occurrence counts.
RowSet SegmentSearch::count_class(const PlanClass& terms, uint8_t fields, const RowSet& within,
                                  std::vector<float>& counts) {
  RowSet touched(file_.rows());
  const auto lengths = file_.length_codes();
  const uint64_t left = within.count();
  for (const PlanTerm& term : terms.terms) {
    const TermEntry& entry = term.entries[segment_];
    if (entry.rows == 0) continue;
    PostingsCursor cursor(file_, entry, failure_);
    const auto add = [&](uint32_t row, unsigned has, const uint32_t* frequency) {
      if ((has & fields) == 0) return;
      float count = 0;
      for (unsigned bits = has; bits != 0; bits &= bits - 1, ++frequency) {
        const auto field = static_cast<size_t>(std::countr_zero(bits));
        if ((fields >> field & 1) == 0) continue;
        count += static_cast<float>(*frequency) * bm25_.norm(field, lengths[row][field]);
      }
      counts[row] += count;
      touched.add(row);
    };
    if (left * kSeekFactor < entry.rows) {
      within.for_each([&](uint32_t row) {
        cursor.seek(row);
        if (cursor.row() != row) return;
        const auto block = cursor.block_frequencies();
        if (block.fields != nullptr) add(row, *block.fields, block.frequency);
      });
      continue;
    }
    for (; cursor.row() != kNoRow; cursor.next_block()) {
      auto [has, frequency] = cursor.block_frequencies();
      if (has == nullptr) break;
      for (const uint32_t row : cursor.block_rows()) {
        if (within.contains(row)) add(row, *has, frequency);
        frequency += std::popcount(*has++);
      }
    }
  }
  return touched;
}

// Sets best_counts_ of the rows that have the word: of each the best class.
RowSet SegmentSearch::count_word(const PlanWord& word, uint8_t fields, const RowSet& within) {
  best_counts_.resize(file_.rows());
  counts_.resize(file_.rows());
  RowSet touched(file_.rows());
  for (const PlanClass& terms : word.classes) {
    const RowSet more = count_class(terms, fields, within, counts_);
    more.for_each(
        [&](uint32_t row) { best_counts_[row] = std::max(best_counts_[row], std::exchange(counts_[row], 0)); });
    touched |= more;
  }
  return touched;
}

RowSet SegmentSearch::score_word(const PlanPhrase& phrase, const RowSet& within) {
  const PlanWord& word = phrase.words[0];
  const RowSet touched = count_word(word, phrase.fields, within);
  const double share = word.has_forms ? bm25_.exact_share() : 0;
  if (share > 0) static_cast<void>(count_class(word.exact, phrase.fields, touched, counts_));
  touched.for_each([&](uint32_t row) {
    const float score = bm25_.score(phrase.weight * (1 - share), std::exchange(best_counts_[row], 0)) +
                        bm25_.score(phrase.exact_weight * share, std::exchange(counts_[row], 0));
    scores_[row] += score;
    if (parts_ != nullptr) explain_word(phrase, row, score);
  });
  return touched;
}

void SegmentSearch::explain_word(const PlanPhrase& phrase, uint32_t row, float score) {
  Frequencies best{};
  float best_count = -1;
  for (const PlanClass& terms : phrase.words[0].classes) {
    Frequencies sum{};
    for (const PlanTerm& term : terms.terms) {
      PostingsCursor cursor(file_, term.entries[segment_], failure_);
      cursor.seek(row);
      if (cursor.row() != row) continue;
      const Frequencies frequency = cursor.frequency();
      for (size_t field = 0; field < kTextFields; ++field) {
        if ((phrase.fields >> field & 1) != 0) sum[field] += frequency[field];
      }
    }
    const float count = class_count(terms, sum, file_.length_codes()[row], bm25_);
    if (count <= best_count) continue;
    best_count = count;
    best = sum;
  }
  parts_->push_back({phrase.label, phrase.rows, best, score});
}

Frequencies SegmentSearch::phrase_frequency(std::vector<PhrasePlaces>& places, const PlanNode& node, uint32_t row) {
  Frequencies frequency{};
  uint8_t fields = (1 << kTextFields) - 1;
  for (const PhrasePlaces& phrase : places) fields &= phrase.fields();
  near_.resize(places.size());
  for (size_t field = 0; field < kTextFields; ++field) {
    if ((fields >> field & 1) == 0) continue;
    bool is_everywhere = true;
    for (size_t i = 0; i < places.size() && is_everywhere; ++i) {
      places[i].find(row, static_cast<Field>(field), near_[i].begins);
      near_[i].length = places[i].length();
      is_everywhere = !near_[i].begins.empty();
    }
    if (!is_everywhere) continue;
    frequency[field] = node.kind == PlanNode::Kind::kNear ? count_near(near_, node.query->distance)
                                                          : static_cast<uint32_t>(near_[0].begins.size());
  }
  return frequency;
}

RowSet SegmentSearch::find_phrases(const PlanNode& node, const RowSet& within, bool is_scored) {
  RowSet candidates = within;
  std::vector<PhrasePlaces> places;
  ScorePart part;
  double weight = 0;
  for (const PlanPhrase& phrase : node.phrases) {
    candidates = match_words(phrase, candidates);
    places.emplace_back(phrase, file_, segment_, failure_);
    weight += phrase.weight;
    part.rows_with_term = part.term.empty() ? phrase.rows : std::min(part.rows_with_term, phrase.rows);
    part.term += part.term.empty() ? phrase.label : " NEAR " + phrase.label;
  }
  RowSet rows(file_.rows());
  candidates.for_each([&](uint32_t row) {
    part.frequency = phrase_frequency(places, node, row);
    const float count = bm25_.count(part.frequency, file_.length_codes()[row]);
    if (part.frequency == Frequencies{}) return;
    rows.add(row);
    if (!is_scored) return;
    part.score = bm25_.score(weight, count);
    scores_[row] += part.score;
    if (parts_ != nullptr) parts_->push_back(part);
  });
  return rows;
}

}  // namespace custos::index
