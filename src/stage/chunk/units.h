// The smallest pieces that a chunk is made of, found in one pass: sentences, or words of a sentence that is too long,
// or pieces of a word that is too long. Private to stage/chunk.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "document/redacted_text.h"
#include "document/span.h"
#include "model/token_counter.h"
#include "stage/chunk/chunk.h"

namespace custos::stage {

struct Unit {
  document::Span span;  // without white space at either end, never empty
  uint32_t tokens = 0;
  bool begins_paragraph = false;
  bool is_whole = true;   // a whole sentence: may be repeated as overlap
  bool is_glued = false;  // no white space before it: tokens of the joint may differ from the sum
};

class UnitCutter {
 public:
  UnitCutter(const model::TokenCounter& counter, const ChunkOptions& options, const document::RedactedText& text)
      : counter_(counter), options_(options), text_(text.text()), entities_(text.entities()) {}

  // Units of `span`, ascending.
  [[nodiscard]] std::vector<Unit> cut(document::Span span);

 private:
  void add_sentence(document::Span span, bool begins_paragraph);
  void add_words(document::Span sentence, bool begins_paragraph);
  void add_pieces(document::Span word, bool begins_paragraph);
  [[nodiscard]] uint32_t piece_end(uint32_t begin, uint32_t end) const;
  // The tag that has `offset` inside it, not at an edge; null where none has.
  [[nodiscard]] const document::Entity* tag_around(uint32_t offset) const;
  [[nodiscard]] uint32_t count(document::Span span) const;
  [[nodiscard]] bool fits(document::Span span, uint32_t tokens) const {
    return tokens <= options_.tokens_max && span.size() <= options_.bytes_max;
  }

  const model::TokenCounter& counter_;
  const ChunkOptions& options_;
  std::string_view text_;
  const std::vector<document::Entity>& entities_;
  std::vector<Unit> units_;
};

}  // namespace custos::stage
