// Where a term's rows lie in a postings file.
#pragma once

#include <cstdint>

namespace custos::index {

struct TermEntry {
  uint32_t rows = 0;        // 0: the segment does not have the term
  uint32_t class_rows = 0;  // of a stem: rows with the stem or with the word that is spelled like it; else = rows
  bool has_positions = false;
  uint64_t postings_at = 0;
  uint64_t postings_size = 0;
  uint64_t positions_at = 0;
  uint64_t positions_size = 0;
};

}  // namespace custos::index
