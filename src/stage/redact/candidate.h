// What the steps of the redactor hand to each other.
#pragma once

#include <cstdint>
#include <string_view>

#include "document/span.h"

namespace custos::stage {

struct Candidate {
  document::Span span;
  uint32_t recognizer = 0;  // index into the redactor's list, whose order is the last resort for overlaps
  float score = 0;
  bool checked = false;     // a checksum holds
  bool in_context = false;  // words near by say what it is
};

// Whether no letter or digit touches either end. Letters of scripts that are written without spaces do not count.
[[nodiscard]] bool has_word_edges(std::string_view text, document::Span span);

}  // namespace custos::stage
