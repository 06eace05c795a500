// The half of SegmentSearch that only tells which rows match.
#include <algorithm>

#include "index/keyword/search/segment_search.h"

namespace custos::index {
namespace {

// Seeking is worth it where it passes over this many rows for each that it finds.
constexpr uint64_t kSeekFactor = 16;
constexpr uint8_t kAllFields = (1 << kTextFields) - 1;

}  // namespace

RowSet SegmentSearch::match(const PlanNode& node, const RowSet& within) {  // NOLINT(misc-no-recursion)
  using Kind = PlanNode::Kind;
  switch (node.kind) {
    case Kind::kNothing:
      break;
    case Kind::kEverything:
      return within;
    case Kind::kAnd:
      return match_and(node, within);
    case Kind::kOr:
      return match_or(node, within);
    case Kind::kTerms:
      return match_terms(node, within);
    case Kind::kDate:
      return match_dates(node, within);
    case Kind::kNear:
      return find_phrases(node, within, false);
    case Kind::kPhrase:
      return node.phrases[0].words.size() == 1 ? match_word(node.phrases[0].words[0], node.phrases[0].fields, within)
                                               : find_phrases(node, within, false);
    case Kind::kNot: {
      RowSet rows = match(node.children[0], within);
      rows.invert();
      return rows &= within;
    }
    case Kind::kRows: {
      RowSet rows = node.query->rows[segment_];
      return rows &= within;
    }
  }
  return RowSet(file_.rows());
}

uint64_t SegmentSearch::cost(const PlanWord& word) const {
  uint64_t rows = 0;
  for (const PlanClass& terms : word.classes) {
    for (const PlanTerm& term : terms.terms) rows += term.entries[segment_].rows;
  }
  return rows;
}

// How many rows match at most.
uint64_t SegmentSearch::cost(const PlanNode& node) const {  // NOLINT(misc-no-recursion)
  using Kind = PlanNode::Kind;
  uint64_t most = node.kind == Kind::kNothing ? 0 : file_.rows();
  switch (node.kind) {
    case Kind::kPhrase:
    case Kind::kNear:
      for (const PlanPhrase& phrase : node.phrases) {
        for (const PlanWord& word : phrase.words) most = std::min(most, cost(word));
      }
      return most;
    case Kind::kAnd:
      for (const PlanNode& child : node.children) most = std::min(most, cost(child));
      return most;
    case Kind::kOr: {
      uint64_t sum = 0;
      for (const PlanNode& child : node.children) sum += cost(child);
      return std::min(most, sum);
    }
    case Kind::kTerms: {
      uint64_t sum = 0;
      for (const PlanTerm& term : node.terms) sum += term.entries[segment_].rows;
      return std::min(most, sum);
    }
    default:
      return most;
  }
}

// The rarest first, so that the others are only asked about what it leaves.
RowSet SegmentSearch::match_and(const PlanNode& node, const RowSet& within) {  // NOLINT(misc-no-recursion)
  std::vector<std::pair<uint64_t, const PlanNode*>> children;
  for (const PlanNode& child : node.children) children.emplace_back(cost(child), &child);
  std::stable_sort(children.begin(), children.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  RowSet rows = within;
  for (const auto& [rows_at_most, child] : children) rows = match(*child, rows);
  return rows;
}

RowSet SegmentSearch::match_or(const PlanNode& node, const RowSet& within) {  // NOLINT(misc-no-recursion)
  RowSet rows(file_.rows());
  for (const PlanNode& child : node.children) rows |= match(child, within);
  return rows;
}

RowSet SegmentSearch::match_terms(const PlanNode& node, const RowSet& within) {
  RowSet rows(file_.rows());
  for (const PlanTerm& term : node.terms) match_term(term.entries[segment_], kAllFields, within, rows);
  return rows;
}

RowSet SegmentSearch::match_dates(const PlanNode& node, const RowSet& within) const {
  RowSet rows(file_.rows());
  const auto dates = file_.dates();
  const Query& query = *node.query;
  within.for_each([&](uint32_t row) {
    // INT64_MIN: no date, which is not before anything either.
    if (dates[row] != INT64_MIN && dates[row] >= query.begin && dates[row] < query.end) rows.add(row);
  });
  return rows;
}

RowSet SegmentSearch::match_word(const PlanWord& word, uint8_t fields, const RowSet& within) {
  RowSet rows(file_.rows());
  for (const PlanClass& terms : word.classes) {
    for (const PlanTerm& term : terms.terms) match_term(term.entries[segment_], fields, within, rows);
  }
  return rows;
}

RowSet SegmentSearch::match_words(const PlanPhrase& phrase, const RowSet& within) {
  std::vector<std::pair<uint64_t, const PlanWord*>> words;
  for (const PlanWord& word : phrase.words) words.emplace_back(cost(word), &word);
  std::stable_sort(words.begin(), words.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  RowSet rows = within;
  for (const auto& [rows_at_most, word] : words) rows = match_word(*word, phrase.fields, rows);
  return rows;
}

template <typename Visit>
void SegmentSearch::for_each_row(const TermEntry& entry, const RowSet& within, Visit visit) {
  PostingsCursor cursor(file_, entry, failure_);
  if (within.count() * kSeekFactor < entry.rows) {
    within.for_each([&](uint32_t row) {
      cursor.seek(row);
      if (cursor.row() == row) visit(row, cursor);
    });
    return;
  }
  for (; cursor.row() != kNoRow; cursor.next()) {
    if (within.contains(cursor.row())) visit(cursor.row(), cursor);
  }
}

void SegmentSearch::match_term(const TermEntry& entry, uint8_t fields, const RowSet& within, RowSet& out) {
  if (entry.rows == 0) return;
  const bool any_field = !entry.has_positions || fields == kAllFields;
  for_each_row(entry, within, [&](uint32_t row, PostingsCursor& cursor) {
    if (any_field || (cursor.fields() & fields) != 0) out.add(row);
  });
}

}  // namespace custos::index
