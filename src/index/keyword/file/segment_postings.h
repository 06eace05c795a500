// What a segment's rows hold, in memory, until it is written as a file. Private to file.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "index/field.h"
#include "index/keyword/file/byte_chains.h"
#include "index/keyword/file/format.h"
#include "index/keyword/file/term_table.h"

namespace custos::index {

// A term's chain is, for each occurrence in order: the number position << 3 | field << 1 | whether it is the first in
// its row, where positions after the first in the same field are differences; and after a first one the rows passed
// over. Chains of values and numbers are rows passed over alone.
struct SegmentPostings {
  TermTable table;
  ByteArena arena;
  std::vector<std::array<uint8_t, kTextFields>> length_codes;  // by row
  std::vector<int64_t> dates;
  std::array<uint64_t, kTextFields> words{};
  std::array<uint32_t, kTextFields> rows_with{};
  uint32_t languages = 0;

  void add_word(uint32_t term, uint32_t row, Field field, uint32_t position);
  void add_row(uint32_t term, uint32_t row);
  // Brings the end of the term's chain nearer, where the next add_word writes.
  void prefetch_chain(uint32_t term) const { arena.prefetch_end(table.term(term).chain); }
  [[nodiscard]] uint64_t bytes() const;
};

// Writes all of it to `file` and syncs.
[[nodiscard]] Status write_segment(const SegmentPostings& segment, File file);

}  // namespace custos::index
