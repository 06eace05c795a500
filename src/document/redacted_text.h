// The only text that leaves redaction. Chunk, tokenize, embed, classify, index, sink, log and agent accept no other, so
// the compiler keeps the privacy rule.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "document/span.h"

namespace custos::stage {
class Redactor;
}
namespace custos::columns {
class RecordReader;
}
namespace custos::index {
class TextReader;
}

namespace custos::document {

// Personal data that was found. Never holds the value itself.
struct Entity {
  std::string type;  // "EMAIL", "US_ITIN", …
  Span original;     // bytes in the text before redaction
  Span redacted;     // bytes of the tag in the text after it
  float score = 0;   // 0 to 1
};

class RedactedText {
 public:
  RedactedText() = default;

  [[nodiscard]] const std::string& text() const { return text_; }
  // Ascending, not overlapping.
  [[nodiscard]] const std::vector<Entity>& entities() const { return entities_; }

  // Where a span of the original text lies in the redacted one. An end inside an entity moves out to the tag's edge.
  [[nodiscard]] Span map(Span original) const;
  // The inverse. An end inside a tag moves out to the edge of what the tag stands for.
  [[nodiscard]] Span unmap(Span redacted) const;

  // A piece of it; entities that it cuts are left out. REQUIRES: `redacted` lies in text().
  [[nodiscard]] RedactedText slice(Span redacted) const;

  // Adds "\n" (unless `first`) and another redacted text, its entities moved along. `original_size`: bytes of this text
  // before redaction.
  void append_line(const RedactedText& other, uint32_t original_size, bool first);

 private:
  friend class custos::stage::Redactor;        // makes it from text
  friend class custos::columns::RecordReader;  // reads it back from a segment
  friend class custos::index::TextReader;      // likewise

  RedactedText(std::string text, std::vector<Entity> entities)
      : text_(std::move(text)), entities_(std::move(entities)) {}

  std::string text_;
  std::vector<Entity> entities_;
};

}  // namespace custos::document
