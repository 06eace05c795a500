#include "index/text/text_format.h"

#include "base/digest.h"
#include "index/file/little_endian.h"

namespace custos::index {

std::string text_header() {
  std::string bytes(kTextMagic);
  append_number(bytes, kTextVersion);
  append_number(bytes, uint32_t{0});
  return bytes;
}

void append_block_entry(std::string& out, const TextBlock& block) {
  append_number(out, block.offset);
  append_number(out, block.bytes);
  append_number(out, block.plain_bytes);
  append_number(out, block.first_row);
  append_number(out, block.first_chunk);
  append_number(out, block.sum);
}

TextBlock block_entry(std::string_view entry) {
  return {number_at<uint64_t>(entry, 0),  number_at<uint32_t>(entry, 8),  number_at<uint32_t>(entry, 12),
          number_at<uint32_t>(entry, 16), number_at<uint32_t>(entry, 20), number_at<uint64_t>(entry, 24)};
}

std::string text_footer(const TextFooter& footer) {
  std::string bytes;
  append_number(bytes, footer.index_offset);
  append_number(bytes, footer.blocks);
  append_number(bytes, footer.rows);
  append_number(bytes, footer.chunks);
  append_number(bytes, uint32_t{0});
  append_number(bytes, footer.index_sum);
  append_number(bytes, hash64(bytes));
  bytes += kTextEndMagic;
  return bytes;
}

TextFooter parse_text_footer(std::string_view bytes) {
  return {number_at<uint64_t>(bytes, 0), number_at<uint32_t>(bytes, 8), number_at<uint32_t>(bytes, 12),
          number_at<uint32_t>(bytes, 16), number_at<uint64_t>(bytes, 24)};
}

}  // namespace custos::index
