#include "model/encoder/packing.h"

#include <algorithm>
#include <cstring>

namespace custos::model {
namespace {

const char* row_at(const void* rows, size_t row_bytes, size_t row) {
  return static_cast<const char*>(rows) + row * row_bytes;
}

uint32_t word_at(const char* row, size_t word) {
  uint32_t bits;
  std::memcpy(&bits, row + word * sizeof bits, sizeof bits);
  return bits;
}

uint32_t half_at(const char* row, size_t column) {
  uint16_t bits;
  std::memcpy(&bits, row + column * sizeof bits, sizeof bits);
  return bits;
}

// The row's number in the low half of each word, the next row's in the high one.
void put_pairs(const char* row, const char* next, uint32_t count, uint32_t* out) {
  if (next == nullptr) {
    for (uint32_t c = 0; c < count; ++c) out[c] = half_at(row, c);
  } else {
    for (uint32_t c = 0; c < count; ++c) out[c] = half_at(row, c) | half_at(next, c) << 16;
  }
}

}  // namespace

size_t packed_words(uint32_t columns, uint32_t words, uint32_t panel_columns) {
  const size_t panels = (static_cast<size_t>(columns) + panel_columns - 1) / panel_columns;
  return panels * panel_columns * words;
}

void pack_rows(const void* rows, size_t row_bytes, uint32_t columns, uint32_t words, uint32_t panel_columns,
               uint32_t* out) {
  for (uint32_t first = 0; first < columns; first += panel_columns) {
    const uint32_t count = std::min(panel_columns, columns - first);
    for (uint32_t c = 0; c < panel_columns; ++c) {
      const char* const row = row_at(rows, row_bytes, first + std::min(c, count - 1));
      for (uint32_t word = 0; word < words; ++word) {
        out[static_cast<size_t>(word) * panel_columns + c] = c < count ? word_at(row, word) : 0;
      }
    }
    out += static_cast<size_t>(words) * panel_columns;
  }
}

void pack_columns(const void* rows, size_t row_bytes, uint32_t row_count, uint32_t columns, uint32_t element_bytes,
                  uint32_t words, uint32_t panel_columns, uint32_t* out) {
  const bool pairs = element_bytes == sizeof(uint16_t);
  const uint32_t used = pairs ? (row_count + 1) / 2 : row_count;
  for (uint32_t first = 0; first < columns; first += panel_columns) {
    const uint32_t count = std::min(panel_columns, columns - first);
    for (uint32_t r = 0; r < row_count; r += pairs ? 2 : 1) {
      const char* const row = row_at(rows, row_bytes, r) + static_cast<size_t>(first) * element_bytes;
      if (pairs) {
        put_pairs(row, r + 1 < row_count ? row + row_bytes : nullptr, count, out);
      } else {
        std::memcpy(out, row, count * sizeof *out);
      }
      std::fill(out + count, out + panel_columns, 0);
      out += panel_columns;
    }
    uint32_t* const end = out + static_cast<size_t>(words - used) * panel_columns;
    std::fill(out, end, 0);
    out = end;
  }
}

}  // namespace custos::model
