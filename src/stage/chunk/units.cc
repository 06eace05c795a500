#include "stage/chunk/units.h"

#include <algorithm>
#include <utility>

#include "document/sentence.h"

namespace custos::stage {
namespace {

using document::is_space;
using document::Span;

// A sentence is counted as one up to here; a longer one is cut into words first, so that no text is counted twice.
constexpr uint32_t kSentenceBytesMax = 4096;
// A word without white space is cut at most so far apart: less than WordPiece's 100 characters, which are one [UNK].
constexpr uint32_t kPieceBytesMax = 64;

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

uint32_t skip_spaces(std::string_view text, uint32_t at, uint32_t end) {
  while (at < end && is_space(text[at])) ++at;
  return at;
}

}  // namespace

std::vector<Unit> UnitCutter::cut(Span span) {
  units_.clear();
  bool begins_paragraph = true;
  for (uint32_t at = skip_spaces(text_, span.begin, span.end); at < span.end;) {
    const document::SentenceEnd sentence = document::sentence_end(text_, at, span.end);
    uint32_t end = sentence.at;
    for (const document::Entity* tag = tag_around(end); tag != nullptr; tag = tag_around(end)) {
      end = std::min(span.end, tag->redacted.end);
      if (end == span.end) break;
    }
    add_sentence(document::trimmed(text_, {at, end}), begins_paragraph);
    const uint32_t next = skip_spaces(text_, end, span.end);
    begins_paragraph = sentence.ends_paragraph || document::has_blank_line(text_.substr(end, next - end));
    at = next;
  }
  return std::move(units_);
}

uint32_t UnitCutter::count(Span span) const {
  return static_cast<uint32_t>(std::min<uint64_t>(UINT32_MAX, counter_.count(span.of(text_))));
}

void UnitCutter::add_sentence(Span span, bool begins_paragraph) {
  if (span.empty()) return;
  if (span.size() > std::min(kSentenceBytesMax, options_.bytes_max)) return add_words(span, begins_paragraph);
  const uint32_t tokens = count(span);
  if (!fits(span, tokens)) return add_words(span, begins_paragraph);
  const bool is_glued = !units_.empty() && units_.back().span.end == span.begin;
  units_.push_back({span, tokens, begins_paragraph, true, is_glued});
}

void UnitCutter::add_words(Span sentence, bool begins_paragraph) {
  for (uint32_t at = sentence.begin; at < sentence.end;) {
    uint32_t end = at;
    while (end < sentence.end && !is_space(text_[end])) ++end;
    for (const document::Entity* tag = tag_around(end); tag != nullptr && end < sentence.end; tag = tag_around(end)) {
      end = std::min(sentence.end, tag->redacted.end);
      while (end < sentence.end && !is_space(text_[end])) ++end;
    }
    const Span word{at, end};
    const uint32_t tokens = word.size() <= kPieceBytesMax ? count(word) : 0;
    if (word.size() <= kPieceBytesMax && fits(word, tokens)) {
      const bool is_glued = !units_.empty() && units_.back().span.end == word.begin;
      units_.push_back({word, tokens, begins_paragraph, false, is_glued});
    } else {
      add_pieces(word, begins_paragraph);
    }
    begins_paragraph = false;
    at = skip_spaces(text_, end, sentence.end);
  }
}

void UnitCutter::add_pieces(Span word, bool begins_paragraph) {
  for (uint32_t at = word.begin; at < word.end;) {
    const Span piece{at, piece_end(at, word.end)};
    const bool is_glued = !units_.empty() && units_.back().span.end == piece.begin;
    units_.push_back({piece, count(piece), begins_paragraph, false, is_glued});
    begins_paragraph = false;
    at = piece.end;
  }
}

// At most kPieceBytesMax on, not inside a code point or a tag; a tag that begins here is taken whole.
uint32_t UnitCutter::piece_end(uint32_t begin, uint32_t end) const {
  uint32_t cut = std::min(end, begin + kPieceBytesMax);
  while (cut > begin + 1 && cut < end && is_continuation(text_[cut])) --cut;
  if (const document::Entity* tag = cut < end ? tag_around(cut) : nullptr) {
    cut = tag->redacted.begin > begin ? tag->redacted.begin : std::min(end, tag->redacted.end);
  }
  return cut;
}

const document::Entity* UnitCutter::tag_around(uint32_t offset) const {
  const auto after = std::partition_point(entities_.begin(), entities_.end(),
                                          [&](const document::Entity& tag) { return tag.redacted.end <= offset; });
  if (after == entities_.end() || after->redacted.begin >= offset) return nullptr;
  return &*after;
}

}  // namespace custos::stage
