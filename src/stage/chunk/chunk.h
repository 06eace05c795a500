// Cuts what an author wrote into passages that fit the embedding model: whole paragraphs where they fit, else whole
// sentences, else words.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "document/record.h"
#include "document/redacted_text.h"
#include "document/span.h"
#include "model/token_counter.h"

namespace custos::stage {

struct ChunkOptions {
  uint32_t tokens_max = 254;     // all-MiniLM-L6-v2 reads 256, two of which are [CLS] and [SEP]
  uint32_t overlap_tokens = 32;  // whole sentences at a chunk's end, up to so many tokens, begin the next one too
  uint32_t bytes_max = 8192;     // of one chunk, whatever the tokens say: a WordPiece of 100 MB can be one [UNK]
};

// Thread-safe: chunking changes nothing.
class Chunker {
 public:
  // REQUIRES: `counter` outlives this; tokens_max and bytes_max at least 64, overlap_tokens at most a half of
  // tokens_max.
  Chunker(const model::TokenCounter& counter, ChunkOptions options);

  // Chunks of text.text(), ascending; none crosses the edge of a span of `authored`. Every byte of `authored` that is
  // not white space is in a chunk, and chunks neither begin nor end with white space. No chunk has an edge inside a
  // redaction tag or a code point, and none is longer than tokens_max or bytes_max, save where a single tag is.
  // REQUIRES: authored ascending, not overlapping, within the text. Linear in the text's size.
  [[nodiscard]] std::vector<document::Chunk> chunk(const document::RedactedText& text,
                                                   const std::vector<document::Span>& authored, uint32_t part) const;

  // What a chunk depends on: this algorithm, the options, the counter.
  [[nodiscard]] std::string version() const;

 private:
  const model::TokenCounter* counter_;
  ChunkOptions options_;
};

// What an author wrote of a whole message: chunks of all its body parts, or of all text parts too. `with_quoted`:
// earlier mail, signatures and disclaimers as well.
struct ChunkScope {
  bool attachments = false;
  bool with_quoted = false;
};
[[nodiscard]] std::vector<document::Chunk> chunk_record(const Chunker& chunker, const document::Record& record,
                                                        ChunkScope scope);

}  // namespace custos::stage
