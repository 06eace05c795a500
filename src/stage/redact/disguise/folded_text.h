// A copy of a text with disguises taken off, which knows where each of its bytes came from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "document/span.h"

namespace custos::stage {

class FoldedText {
 public:
  [[nodiscard]] const std::string& text() const { return text_; }

  // Appends bytes of the original as they are. `begin` is their place there.
  void copy(std::string_view bytes, uint32_t begin);
  // Appends `bytes`, which stand for `original` (may be empty bytes: something was dropped).
  void replace(std::string_view bytes, document::Span original);

  // Where a span of text() lies in the original, what was dropped inside it included. REQUIRES: span is not empty.
  [[nodiscard]] document::Span original(document::Span folded) const;

 private:
  struct Run {
    uint32_t folded_begin;
    document::Span original;
    bool same_bytes;
  };
  [[nodiscard]] const Run& run_at(uint32_t folded) const;

  std::string text_;
  std::vector<Run> runs_;  // ascending; none is empty in text_
};

// Lookalike letters (in words that also have ASCII ones), full-width and other digits and letters, characters without
// width, odd blanks and hyphens between digits, inline HTML tags. Nothing where `text` has none of these: ASCII without
// tags costs one look at each byte. See UTS #39. REQUIRES: `text` is UTF-8.
[[nodiscard]] std::optional<FoldedText> fold(std::string_view text);

}  // namespace custos::stage
