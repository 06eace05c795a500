#include <algorithm>
#include <cmath>

#include "agent/cite/function_words.h"
#include "agent/extract/score.h"
#include "index/keyword_search.h"

namespace custos::agent {
namespace {

constexpr size_t kTermsMax = 64;

uint64_t messages_with(const index::KeywordSearch& words, const std::string& folded, uint64_t otherwise) {
  index::Query query;
  query.kind = index::Query::Kind::kWord;
  query.text = folded;
  const auto rows = words.match(query);
  if (!rows.ok()) return otherwise;
  uint64_t count = 0;
  for (const index::RowSet& set : *rows) count += set.count();
  return count;
}

}  // namespace

Result<std::vector<AskedTerm>> asked_terms(std::string_view question, const store::Snapshot& snapshot) {
  std::vector<std::shared_ptr<const index::PostingsReader>> postings;
  uint64_t messages = 0;
  for (const store::SegmentView& segment : snapshot.segments) {
    postings.push_back(segment.postings);
    messages += segment.keys.size();
  }
  const index::KeywordSearch words(postings);
  index::TermReader reader;
  std::vector<AskedTerm> terms;
  std::vector<AskedTerm> asking;
  for (index::Term& term : reader.read(question, {0, static_cast<uint32_t>(question.size())}, "en", kTermsMax)) {
    std::vector<AskedTerm>& list = is_question_word(term.folded) ? asking : terms;
    if (std::ranges::find(list, term.stem, &AskedTerm::stem) != list.end()) continue;
    list.push_back({std::move(term.folded), std::move(term.stem), 0});
  }
  if (terms.empty()) terms = std::move(asking);
  const auto all = static_cast<double>(messages);
  for (AskedTerm& term : terms) {
    const auto with = static_cast<double>(messages_with(words, term.folded, messages / 2));
    term.weight = static_cast<float>(std::log(1 + (all - with + 0.5) / (with + 0.5)));
  }
  return terms;
}

}  // namespace custos::agent
