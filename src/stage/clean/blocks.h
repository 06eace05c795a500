// Labels quoted and forwarded lines, and what introduces them.
#pragma once

#include <string_view>

#include "stage/clean/clean.h"
#include "stage/clean/line.h"

namespace custos::stage::clean {

// Takes quote marks back from lines that only look quoted: a shell prompt, a table, mbox's ">From ".
void settle_marks(std::string_view text, Lines& lines);

// Sets Line::fate to kQuoted, kAttribution or kForwarded where it is due. REQUIRES: marks are settled.
void label_blocks(std::string_view text, const CleanHints& hints, Lines& lines);

[[nodiscard]] inline bool is_marked(const Line& line) { return line.depth > 0; }
// The first line from `at` on that is not blank, or lines.size().
[[nodiscard]] size_t next_text(const Lines& lines, size_t at);

}  // namespace custos::stage::clean
