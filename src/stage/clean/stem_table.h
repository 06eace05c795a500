// Many words or word beginnings, in groups, looked for in one pass over a text.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace custos::stage::clean {

// Immutable; holds views of the stems, which must outlive it. Stems of at least two bytes; at most 32 groups.
class StemTable {
 public:
  struct Found {
    uint32_t groups = 0;  // bit i: a stem of group i
    size_t end = 0;       // where the last stem found, or the longest, ends
  };

  // Group i has the stems of groups[i], folded and separated by "|".
  explicit StemTable(std::span<const std::string_view> groups);

  // The stems that begin a word of `folded_text`. Scripts without blanks match anywhere.
  [[nodiscard]] Found find(std::string_view folded_text) const { return scan(folded_text, false); }
  // The stems that are whole words of it.
  [[nodiscard]] Found find_words(std::string_view folded_text) const { return scan(folded_text, true); }
  // The stems that `folded_text` begins with, whatever follows them.
  [[nodiscard]] Found prefixes(std::string_view folded_text) const;

 private:
  struct Stem {
    std::string_view text;
    uint32_t group = 0;
    uint32_t beginning = 0;  // its first four bytes, and which bits of them it has
    uint32_t mask = 0;
    uint16_t next = 0;  // 1 + index of another stem in the same bucket; 0: none
  };

  [[nodiscard]] Found scan(std::string_view folded_text, bool whole) const;

  std::vector<Stem> stems_;
  std::array<uint16_t, 4096> heads_{};  // buckets by the first two bytes; 1 + index
};

}  // namespace custos::stage::clean
