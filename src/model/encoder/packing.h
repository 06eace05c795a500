// The right-hand side of a product, as the kernels read it: panels of `panel_columns` columns, each panel row by row of
// words, so that a step of the innermost loop reads what lies next.
//
// Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication" (2008).
#pragma once

#include <cstddef>
#include <cstdint>

namespace custos::model {

// Words that `pack_*` writes for `columns` columns of `words` words each: whole panels.
[[nodiscard]] size_t packed_words(uint32_t columns, uint32_t words, uint32_t panel_columns);

// Column c of the product is the row c of `rows`: `words` words, row_bytes apart. Columns beyond `columns` are zeros.
void pack_rows(const void* rows, size_t row_bytes, uint32_t columns, uint32_t words, uint32_t panel_columns,
               uint32_t* out);

// Column c of the product is the column c of `rows`, which has `row_count` rows of elements, and zeros after them up to
// `words` words. With elements of 2 bytes a word holds two rows.
void pack_columns(const void* rows, size_t row_bytes, uint32_t row_count, uint32_t columns, uint32_t element_bytes,
                  uint32_t words, uint32_t panel_columns, uint32_t* out);

}  // namespace custos::model
