#include <algorithm>
#include <string>
#include <vector>

#include "index/keyword/analysis/analyzer.h"
#include "index/keyword_search.h"

namespace custos::index {
namespace {

using document::Span;
using Kind = Query::Kind;

constexpr size_t kPatternsMax = 1024;
constexpr size_t kWordsMax = 1 << 20;

struct Wanted {
  Kind kind = Kind::kWord;
  std::string plain;
  std::string stem;
};
// Words that follow one another.
using Pattern = std::vector<Wanted>;

class Patterns {
 public:
  explicit Patterns(StemLanguage language) : language_(language) {}

  void collect(const Query& query, uint32_t depth) {  // NOLINT(misc-no-recursion)
    if (depth > kQueryDepthMax || patterns_.size() >= kPatternsMax || query.kind == Kind::kNot) return;
    if (query.kind == Kind::kWord || query.kind == Kind::kExact || query.kind == Kind::kPrefix) {
      Pattern pattern;
      append(query, pattern);
      add(std::move(pattern));
    } else if (query.kind == Kind::kPhrase) {
      Pattern pattern;
      for (const Query& child : query.children) append(child, pattern);
      add(std::move(pattern));
    } else {
      for (const Query& child : query.children) collect(child, depth + 1);
    }
  }

  // Words of `words` from `at` on that a pattern takes: of the longest, or 0.
  [[nodiscard]] size_t match(const std::vector<AnalyzedWord>& words, const std::vector<std::string>& stems, size_t at) {
    size_t longest = 0;
    for (const Pattern& pattern : patterns_) {
      if (pattern.size() <= longest || at + pattern.size() > words.size()) continue;
      size_t same = 0;
      while (same < pattern.size() && matches(pattern[same], words[at + same].plain, stems[at + same])) ++same;
      if (same == pattern.size()) longest = same;
    }
    return longest;
  }

  [[nodiscard]] std::string stem(const AnalyzedWord& word) { return stem_of(word, language_, stemmers_); }

 private:
  void append(const Query& query, Pattern& pattern) {
    const auto size = static_cast<uint32_t>(std::min<size_t>(query.text.size(), UINT32_MAX));
    const auto words = analyze(query.text, {0, size}, kPatternsMax);
    for (size_t i = 0; i < words.size(); ++i) {
      const bool is_whole = query.kind == Kind::kPrefix && i + 1 < words.size();
      pattern.push_back({is_whole ? Kind::kExact : query.kind, words[i].plain, stem(words[i])});
    }
  }

  void add(Pattern pattern) {
    if (!pattern.empty()) patterns_.push_back(std::move(pattern));
  }

  static bool matches(const Wanted& wanted, const std::string& plain, const std::string& stem) {
    if (wanted.kind == Kind::kPrefix) return plain.starts_with(wanted.plain);
    return plain == wanted.plain || (wanted.kind == Kind::kWord && stem == wanted.stem);
  }

  StemLanguage language_;
  Stemmers stemmers_;
  std::vector<Pattern> patterns_;
};

}  // namespace

std::vector<Span> find_words(const Query& query, const document::RedactedText& text, Span within,
                             std::string_view language, uint32_t limit) {
  Patterns patterns(stem_language(language));
  patterns.collect(query, 1);
  const std::vector<AnalyzedWord> words = analyze(text.text(), within, kWordsMax);
  std::vector<std::string> stems;
  stems.reserve(words.size());
  for (const AnalyzedWord& word : words) stems.push_back(patterns.stem(word));
  std::vector<Span> found;
  size_t marked = 0;  // words that a span has
  for (size_t at = 0; at < words.size(); ++at) {
    const size_t count = patterns.match(words, stems, at);
    if (count == 0 || at + count <= marked) continue;
    const Span span{words[at].span.begin, words[at + count - 1].span.end};
    if (at < marked) {
      found.back().end = span.end;
    } else if (found.size() < limit) {
      found.push_back(span);
    } else {
      break;
    }
    marked = at + count;
  }
  return found;
}

}  // namespace custos::index
