// The piece of a message that is shown for a query, with the query's words marked.
#pragma once

#include <string>
#include <vector>

#include "document/redacted_text.h"
#include "document/span.h"
#include "index/query.h"
#include "index/text_file.h"

namespace custos::query {

struct Passage {
  document::Span span;                     // of the text of stored.parts[part]
  uint32_t part = 0;                       // index into stored.parts
  std::vector<document::Span> highlights;  // relative to `span`
};

// From chunk `chunk` of the message where it is one of its chunks, else from the chunk with the most words of the
// query. At most `bytes_max` bytes, cut at words, around the densest group of highlights. An empty message gives an
// empty one.
[[nodiscard]] Passage choose_passage(const index::StoredText& stored, const index::Query& query, uint32_t chunk,
                                     uint32_t bytes_max);

}  // namespace custos::query
