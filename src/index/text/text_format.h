// The bytes of a text file: docs/vector-index.md.
//
// header, blocks, index of blocks, footer. A block is zstd over whole rows, one after the other.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace custos::index {

inline constexpr std::string_view kTextMagic = "CUSTTEXT";
inline constexpr std::string_view kTextEndMagic = "CUSTTEND";
inline constexpr uint32_t kTextVersion = 1;
inline constexpr uint32_t kTextHeaderBytes = 16;
inline constexpr uint32_t kTextFooterBytes = 48;
inline constexpr uint32_t kTextBlockEntryBytes = 32;
inline constexpr uint32_t kTextBlockBytesTarget = 16 << 10;  // before compression; a longer row has a block of its own
inline constexpr uint32_t kTextBlockBytesMax = 512U << 20;

// One line of the index.
struct TextBlock {
  uint64_t offset = 0;
  uint32_t bytes = 0;        // compressed
  uint32_t plain_bytes = 0;  // at most kTextBlockBytesMax
  uint32_t first_row = 0;
  uint32_t first_chunk = 0;  // chunks of all rows before
  uint64_t sum = 0;          // XXH3 of the compressed bytes, seed = first_row
};

struct TextFooter {
  uint64_t index_offset = 0;
  uint32_t blocks = 0;
  uint32_t rows = 0;
  uint32_t chunks = 0;
  uint64_t index_sum = 0;
};

[[nodiscard]] std::string text_header();
void append_block_entry(std::string& out, const TextBlock& block);
// REQUIRES: entry.size() == kTextBlockEntryBytes.
[[nodiscard]] TextBlock block_entry(std::string_view entry);
[[nodiscard]] std::string text_footer(const TextFooter& footer);
// REQUIRES: bytes.size() == kTextFooterBytes. Whether it is sound: text_footer(…) gives the same bytes.
[[nodiscard]] TextFooter parse_text_footer(std::string_view bytes);

}  // namespace custos::index
