// What a match cannot be without and most of a text is without: a match is only looked for near it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "stage/redact/scan/pattern_syntax.h"
#include "stage/redact/scan/text_marks.h"

namespace custos::stage {

enum class Announcement {
  kDigit,
  kColon,
  kSign,      // ':', '-' or '.'
  kLongWord,  // kLongWordMin letters and digits in a row, no other byte
};

inline constexpr uint32_t kLongWordMin = 24;

struct Announced {
  Announcement by = Announcement::kDigit;
  uint32_t bytes_before = 0;  // of a match come before it, at most
};

// The first of Announcement that every match has. `of_words`: matches begin where words do. REQUIRES: no endless
// repeats.
[[nodiscard]] std::optional<Announced> announced_by(const PatternNode& node, bool of_words);

// Where matches may begin among the 64 bytes of a block, a bit for each; maybe past the end of the text.
[[nodiscard]] uint64_t possible_starts(const TextMarks& marks, const Announced& announced, size_t index);

}  // namespace custos::stage
