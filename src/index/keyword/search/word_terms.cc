#include "index/keyword/search/word_terms.h"

#include <algorithm>
#include <map>
#include <set>

namespace custos::index {
namespace {

uint64_t rows_of(const PlanTerm& term) {
  uint64_t rows = 0;
  for (const TermEntry& entry : term.entries) rows += entry.rows;
  return rows;
}

// Where a segment has words with the stem, their class counts the word spelled like it; elsewhere that word alone does.
uint64_t stem_class_rows(const PlanTerm& stem, const PlanTerm& word) {
  uint64_t rows = 0;
  const size_t segments = std::max(stem.entries.size(), word.entries.size());
  for (size_t i = 0; i < segments; ++i) {
    const uint32_t stems = stem.entries.empty() ? 0 : stem.entries[i].class_rows;
    rows += stems > 0 ? stems : word.entries.empty() ? 0 : word.entries[i].rows;
  }
  return rows;
}

}  // namespace

WordTermsFinder::WordTermsFinder(const Segments& segments) : segments_(segments) {
  for (const auto& segment : segments) languages_ |= segment->footer().languages;
}

Result<PlanTerm> WordTermsFinder::find(std::string key) const {
  PlanTerm term;
  bool is_there = false;
  for (const auto& segment : segments_) {
    ASSIGN_OR_RETURN(const TermEntry entry, segment->dictionary().find(key));
    is_there |= entry.rows > 0;
    term.entries.push_back(entry);
  }
  if (!is_there) term.entries.clear();
  term.key = std::move(key);
  return term;
}

Status WordTermsFinder::append(const Query& query, PlanPhrase& phrase) {
  const auto size = static_cast<uint32_t>(std::min<size_t>(query.text.size(), UINT32_MAX));
  const std::vector<AnalyzedWord> words = analyze(query.text, {0, size}, kQueryNodesMax + 1);
  for (size_t i = 0; i < words.size(); ++i) {
    const bool is_prefix = query.kind == Query::Kind::kPrefix && i + 1 == words.size();
    if (!phrase.label.empty()) phrase.label += ' ';
    phrase.label += words[i].plain;
    if (is_prefix) phrase.label += '*';
    auto word = is_prefix                          ? prefixed(words[i].plain)
                : query.kind == Query::Kind::kWord ? inflected(words[i])
                                                   : exact(words[i].plain);
    if (!word.ok()) return word.error();
    phrase.words.push_back(std::move(word).value());
  }
  return {};
}

Status WordTermsFinder::add_term(std::string key, PlanClass& terms) const {
  ASSIGN_OR_RETURN(PlanTerm term, find(std::move(key)));
  if (!term.entries.empty()) terms.terms.push_back(std::move(term));
  return {};
}

Result<PlanWord> WordTermsFinder::exact(std::string_view plain) const {
  PlanWord word;
  PlanClass& terms = word.classes.emplace_back();
  RETURN_IF_ERROR(add_term(word_key(plain), terms));
  for (const PlanTerm& term : terms.terms) terms.rows += rows_of(term);
  word.rows = terms.rows;
  return word;
}

std::vector<std::string> WordTermsFinder::stems(const AnalyzedWord& word) {
  std::set<std::string> stems;
  for (uint8_t language = 0; language < kStemLanguages; ++language) {
    if ((languages_ >> language & 1) == 0) continue;
    stems.insert(stem_of(word, static_cast<StemLanguage>(language), stemmers_));
  }
  return {stems.begin(), stems.end()};
}

Result<PlanWord> WordTermsFinder::inflected(const AnalyzedWord& word) {
  PlanWord found;
  bool has_plain = false;
  for (const std::string& stem : stems(word)) {
    if (stem.empty()) continue;
    has_plain |= stem == word.plain;
    ASSIGN_OR_RETURN(PlanTerm stemmed, find(stem_key(stem)));
    ASSIGN_OR_RETURN(PlanTerm spelled, find(word_key(stem)));
    PlanClass& terms = found.classes.emplace_back();
    terms.rows = stem_class_rows(stemmed, spelled);
    if (!stemmed.entries.empty()) terms.terms.push_back(std::move(stemmed));
    if (!spelled.entries.empty()) terms.terms.push_back(std::move(spelled));
    found.rows = std::max(found.rows, terms.rows);
  }
  ASSIGN_OR_RETURN(PlanWord plain, exact(word.plain));
  found.has_forms = !found.classes.empty();
  if (found.has_forms) found.exact = plain.classes[0];
  if (has_plain) return found;
  found.rows = std::max(found.rows, plain.rows);
  found.classes.push_back(std::move(plain.classes[0]));
  return found;
}

// The most frequent words with the prefix, in all segments.
Result<PlanWord> WordTermsFinder::prefixed(std::string_view plain) {
  std::map<std::string, PlanTerm, std::less<>> found;
  const std::string prefix = word_key(plain);
  for (size_t i = 0; i < segments_.size(); ++i) {
    RETURN_IF_ERROR(segments_[i]->dictionary().for_each(prefix, [&](std::string_view key, const TermEntry& entry) {
      auto at = found.find(key);
      if (at == found.end()) at = found.emplace(key, PlanTerm{std::string(key), {}}).first;
      at->second.entries.resize(segments_.size());
      at->second.entries[i] = entry;
      return true;
    }));
  }
  PlanWord word;
  PlanClass& terms = word.classes.emplace_back();
  for (auto& [key, term] : found) terms.terms.push_back(std::move(term));
  if (terms.terms.size() > kPrefixTermsMax) {
    prefix_was_cut_ = true;
    std::stable_sort(terms.terms.begin(), terms.terms.end(),
                     [](const PlanTerm& a, const PlanTerm& b) { return rows_of(a) > rows_of(b); });
    terms.terms.resize(kPrefixTermsMax);
  }
  for (const PlanTerm& term : terms.terms) terms.rows += rows_of(term);
  word.rows = terms.rows;
  return word;
}

}  // namespace custos::index
