// Identifiers that a line break cuts in two: "4111 1111\n1111 1111", "john@exam-\nple.com".
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "document/span.h"
#include "stage/redact/disguise/folded_text.h"

namespace custos::stage {

// Both sides of one line break, put together.
struct JoinedLines {
  FoldedText text;
  uint32_t seam = 0;   // offset in text.text() where the next line begins
  bool tight = false;  // the line ended in the middle of an identifier: nothing stands between the two
};

// The breaks that may cut an identifier: digits on both sides, or an e-mail address that is not whole. A quotation mark
// ("> ") at the begin of the next line is left out.
[[nodiscard]] std::vector<JoinedLines> join_lines(std::string_view text);

}  // namespace custos::stage
