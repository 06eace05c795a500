// Up to 128 rows of a term and how often they have it, by field: row numbers as differences and frequencies, each
// packed with as many bits as the largest needs.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "index/keyword/file/format.h"

namespace custos::index {

struct PostingsBlock {
  uint32_t count = 0;
  std::array<uint32_t, kBlockRows> rows;
  std::array<uint8_t, kBlockRows> fields;                    // bits: the text fields that have the term
  std::array<uint32_t, kBlockRows * kTextFields> frequency;  // one for each bit, in order
};

// Appends rows, and frequencies where `with_frequency`. `before`: the row before the first, kNoRow for none.
void encode_block(const PostingsBlock& block, uint32_t before, bool with_frequency, std::string& out);

// Sets rows; false where `bytes` do not hold `count` ascending rows below `rows`. `used`: bytes that rows took.
// REQUIRES: 8 readable bytes behind `bytes`; 0 < count <= kBlockRows.
[[nodiscard]] bool decode_rows(std::string_view bytes, uint32_t before, uint32_t count, uint32_t rows,
                               PostingsBlock& block, size_t& used);
// Sets fields and frequencies from what follows the rows; `bytes` must end with them. REQUIRES: as above.
[[nodiscard]] bool decode_frequencies(std::string_view bytes, PostingsBlock& block);

}  // namespace custos::index
