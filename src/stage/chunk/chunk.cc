#include "stage/chunk/chunk.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "stage/chunk/units.h"

namespace custos::stage {
namespace {

using document::Chunk;
using document::Span;

// Packs units into chunks, greedily.
class Packer {
 public:
  Packer(const model::TokenCounter& counter, const ChunkOptions& options, std::string_view text, uint32_t part)
      : counter_(counter), options_(options), text_(text), part_(part) {}

  void pack(const std::vector<Unit>& units, std::vector<Chunk>& chunks) const {
    for (size_t begin = 0, covered = 0; covered < units.size();) {
      size_t end = fill(units, begin, covered);
      if (end < units.size()) end = at_paragraph(units, std::max(begin, covered), end);
      chunks.push_back(chunk_of(units, begin, covered, end));
      covered = end;
      begin = overlap_begin(units, begin, end);
    }
  }

 private:
  // The end of the longest run of units from `begin` that fits; takes one unit past `covered` at least.
  size_t fill(const std::vector<Unit>& units, size_t& begin, size_t covered) const {
    while (begin < covered && !fits(units, begin, covered + 1, sum(units, begin, covered + 1))) ++begin;
    size_t end = covered + 1;
    uint64_t tokens = sum(units, begin, end);
    while (end < units.size() && fits(units, begin, end + 1, tokens + units[end].tokens)) tokens += units[end++].tokens;
    return end;
  }

  // The last paragraph's beginning in the second half of the chunk, where there is one.
  size_t at_paragraph(const std::vector<Unit>& units, size_t begin, size_t end) const {
    if (units[end].begins_paragraph) return end;
    uint64_t tokens = sum(units, begin, end);
    const uint64_t half = tokens / 2;
    for (size_t at = end - 1; at > begin; --at) {
      tokens -= units[at].tokens;
      if (tokens < half) break;
      if (units[at].begins_paragraph) return at;
    }
    return end;
  }

  // Sums hold where white space parts the units; where a word was cut, the joint is counted, and units are given up
  // until it fits.
  Chunk chunk_of(const std::vector<Unit>& units, size_t begin, size_t covered, size_t& end) const {
    const auto is_glued = [](const Unit& unit) { return unit.is_glued; };
    const auto first = units.begin();
    const Span span{units[begin].span.begin, units[end - 1].span.end};
    uint64_t tokens = sum(units, begin, end);
    if (std::any_of(first + static_cast<ptrdiff_t>(begin) + 1, first + static_cast<ptrdiff_t>(end), is_glued)) {
      tokens = counter_.count(span.of(text_));
      if (tokens > options_.tokens_max && end > std::max(begin, covered) + 1) {
        end = std::max(std::max(begin, covered) + 1, end - std::max<size_t>(1, (end - begin) / 8));
        return chunk_of(units, begin, covered, end);
      }
    }
    return {.span = span, .part = part_, .tokens = static_cast<uint32_t>(tokens)};
  }

  size_t overlap_begin(const std::vector<Unit>& units, size_t begin, size_t end) const {
    size_t from = end;
    uint64_t tokens = 0;
    while (from > begin + 1 && units[from - 1].is_whole && tokens + units[from - 1].tokens <= options_.overlap_tokens) {
      tokens += units[--from].tokens;
    }
    return from;
  }

  bool fits(const std::vector<Unit>& units, size_t begin, size_t end, uint64_t tokens) const {
    return tokens <= options_.tokens_max && units[end - 1].span.end - units[begin].span.begin <= options_.bytes_max;
  }
  static uint64_t sum(const std::vector<Unit>& units, size_t begin, size_t end) {
    uint64_t tokens = 0;
    for (size_t at = begin; at < end; ++at) tokens += units[at].tokens;
    return tokens;
  }

  const model::TokenCounter& counter_;
  const ChunkOptions& options_;
  std::string_view text_;
  uint32_t part_;
};

}  // namespace

Chunker::Chunker(const model::TokenCounter& counter, ChunkOptions options) : counter_(&counter), options_(options) {
  assert(options.tokens_max >= 64 && options.bytes_max >= 64 && options.overlap_tokens <= options.tokens_max / 2);
}

std::vector<Chunk> Chunker::chunk(const document::RedactedText& text, const std::vector<Span>& authored,
                                  uint32_t part) const {
  std::vector<Chunk> chunks;
  UnitCutter cutter(*counter_, options_, text);
  const Packer packer(*counter_, options_, text.text(), part);
  for (const Span span : authored) packer.pack(cutter.cut(span), chunks);
  return chunks;
}

std::string Chunker::version() const {
  return fmt::format("chunk-1:{}:{}:{}:{}", options_.tokens_max, options_.overlap_tokens, options_.bytes_max,
                     counter_->version());
}

std::vector<Chunk> chunk_record(const Chunker& chunker, const document::Record& record, ChunkScope scope) {
  std::vector<Chunk> chunks;
  for (uint32_t number = 0; number < record.parts.size(); ++number) {
    const document::RecordPart& part = record.parts[number];
    if (!part.is_body && !scope.attachments) continue;
    const auto size = static_cast<uint32_t>(part.text.text().size());
    const auto spans = scope.with_quoted ? std::vector<Span>{{0, size}} : document::authored_spans(part.removed, size);
    for (const Chunk& chunk : chunker.chunk(part.text, spans, number)) chunks.push_back(chunk);
  }
  return chunks;
}

}  // namespace custos::stage
