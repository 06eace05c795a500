#include "query/passage/passage.h"

#include <algorithm>

#include "base/utf8.h"
#include "index/keyword_search.h"

namespace custos::query {
namespace {

using document::Span;

constexpr uint32_t kHighlightsMax = 64;
constexpr size_t kChunksSearchedMax = 256;

struct Found {
  size_t part = 0;
  Span chunk;
  std::vector<Span> words;
};

size_t part_of(const index::StoredText& stored, const document::Chunk& chunk) {
  const auto part = std::ranges::find(stored.parts, chunk.part, &index::StoredPart::part);
  return static_cast<size_t>(part - stored.parts.begin());
}

Found find_in(const index::StoredText& stored, const document::Chunk& chunk, const index::Query& query) {
  Found found{part_of(stored, chunk), chunk.span, {}};
  if (found.part == stored.parts.size()) return found;
  const index::StoredPart& part = stored.parts[found.part];
  found.words = index::find_words(query, part.text, chunk.span, part.language, kHighlightsMax);
  return found;
}

Found best_chunk(const index::StoredText& stored, const index::Query& query) {
  Found best = find_in(stored, stored.chunks.front(), query);
  const size_t searched = std::min(stored.chunks.size(), kChunksSearchedMax);
  for (size_t i = 1; i < searched; ++i) {
    Found found = find_in(stored, stored.chunks[i], query);
    if (found.words.size() > best.words.size()) best = std::move(found);
  }
  return best;
}

// Where a window of `size` bytes over the words begins that has the most of them.
uint32_t densest(const std::vector<Span>& words, Span chunk, uint32_t size) {
  uint32_t best_begin = chunk.begin;
  size_t best_count = 0;
  for (size_t first = 0, last = 0; first < words.size(); ++first) {
    while (last < words.size() && words[last].end <= words[first].begin + size) ++last;
    if (last - first <= best_count) continue;
    best_count = last - first;
    best_begin = words[first].begin;
  }
  return best_begin;
}

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t'; }

// Moves an edge to the next space within a word's length, so that no word is cut; never into a code point.
Span at_words(std::string_view text, Span span, Span within) {
  constexpr uint32_t kWordBytes = 32;
  const uint32_t begin_max = std::min(span.begin + kWordBytes, span.end);
  for (uint32_t at = span.begin; span.begin > within.begin && at < begin_max; ++at) {
    if (!is_space(text[at])) continue;
    span.begin = at + 1;
    break;
  }
  const uint32_t end_min = std::max(span.end - std::min(span.end, kWordBytes), span.begin);
  for (uint32_t at = span.end; span.end < within.end && at > end_min; --at) {
    if (!is_space(text[at])) continue;
    span.end = at;
    break;
  }
  while (span.begin < span.end && (text[span.begin] & 0xC0) == 0x80) ++span.begin;
  while (span.end > span.begin && span.end < text.size() && (text[span.end] & 0xC0) == 0x80) --span.end;
  return span;
}

Span window(std::string_view text, const Found& found, uint32_t bytes_max) {
  if (found.chunk.size() <= bytes_max) return found.chunk;
  const uint32_t lead = bytes_max / 5;  // some words before the first highlight
  uint32_t begin = densest(found.words, found.chunk, bytes_max - lead);
  begin -= std::min(begin - found.chunk.begin, lead);
  begin = std::min(begin, found.chunk.end - bytes_max);
  return at_words(text, {begin, begin + bytes_max}, found.chunk);
}

}  // namespace

Passage choose_passage(const index::StoredText& stored, const index::Query& query, uint32_t chunk, uint32_t bytes_max) {
  if (stored.chunks.empty()) return {};
  const uint32_t own = chunk - stored.first_chunk;
  const bool is_given = chunk >= stored.first_chunk && own < stored.chunks.size();
  const Found found = is_given ? find_in(stored, stored.chunks[own], query) : best_chunk(stored, query);
  if (found.part == stored.parts.size()) return {};
  Passage passage{
      window(stored.parts[found.part].text.text(), found, bytes_max), static_cast<uint32_t>(found.part), {}};
  for (const Span word : found.words) {
    if (!passage.span.contains(word)) continue;
    passage.highlights.push_back({word.begin - passage.span.begin, word.end - passage.span.begin});
  }
  return passage;
}

}  // namespace custos::query
