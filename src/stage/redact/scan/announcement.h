// What a match cannot be without and most of a text is without: a match is only looked for near it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "stage/redact/scan/pattern_syntax.h"

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

// Places where a match may begin.
struct Starts {
  size_t first;
  size_t last;  // included
};

// Where the next matches may begin, at `from` or later; nothing where none does any more.
[[nodiscard]] std::optional<Starts> next_starts(std::string_view text, const Announced& announced, size_t from);

}  // namespace custos::stage
