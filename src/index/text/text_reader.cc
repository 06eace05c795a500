#include <fmt/format.h>
#include <zstd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/digest.h"
#include "index/file/mapped_file.h"
#include "index/text/stored_text_codec.h"
#include "index/text/text_format.h"
#include "index/text_file.h"

namespace custos::index {
namespace {

class MappedTexts : public TextReader {
 public:
  explicit MappedTexts(MappedFile file) : file_(std::move(file)) {}
  Status load();

  uint32_t rows() const override { return footer_.rows; }
  Result<StoredText> read(uint32_t row) const override;
  Status check() const override;

 private:
  struct Row {
    std::string_view bytes;
    uint32_t chunks = 0;
  };
  Status load_footer();
  Status load_index();
  [[nodiscard]] bool follows(const TextBlock& block, uint64_t offset) const;
  [[nodiscard]] Error corrupt(uint64_t offset, std::string_view what) const;
  [[nodiscard]] TextBlock end() const { return {.first_row = footer_.rows, .first_chunk = footer_.chunks}; }
  Result<std::string> inflate(const TextBlock& block) const;
  // Takes a row off the front of an inflated block; false where it is cut.
  static bool take_row(std::string_view& plain, Row& row);
  Status check_block(const TextBlock& block, const TextBlock& next) const;

  MappedFile file_;
  TextFooter footer_;
  std::vector<TextBlock> blocks_;
};

Error MappedTexts::corrupt(uint64_t offset, std::string_view what) const {
  return {Code::kCorrupt, fmt::format("{} at byte {}: {}; `custos rebuild --index` makes it anew",
                                      file_.path().string(), offset, what)};
}

Status MappedTexts::load() {
  const std::string_view bytes = file_.bytes();
  if (bytes.size() < kTextHeaderBytes + kTextFooterBytes || !bytes.starts_with(kTextMagic)) {
    return corrupt(0, "not a file of texts");
  }
  const std::string header = text_header();
  if (bytes.substr(0, 12) != header.substr(0, 12)) {
    return Error{Code::kUnsupported, fmt::format("{} has another version of the format than this build reads, {}",
                                                 file_.path().string(), kTextVersion)};
  }
  if (!bytes.starts_with(header)) return corrupt(12, "the header is damaged");
  RETURN_IF_ERROR(load_footer());
  return load_index();
}

Status MappedTexts::load_footer() {
  const std::string_view bytes = file_.bytes();
  const uint64_t at = bytes.size() - kTextFooterBytes;
  footer_ = parse_text_footer(bytes.substr(at));
  if (bytes.substr(at) != text_footer(footer_)) return corrupt(at, "the footer is damaged, or the file was cut");
  const uint64_t index_bytes = uint64_t{footer_.blocks} * kTextBlockEntryBytes;
  if (index_bytes > at - kTextHeaderBytes || footer_.index_offset != at - index_bytes) {
    return corrupt(at, "the index is not where the footer says");
  }
  if (hash64(bytes.substr(footer_.index_offset, index_bytes)) != footer_.index_sum) {
    return corrupt(footer_.index_offset, "the index differs from its checksum");
  }
  return {};
}

Status MappedTexts::load_index() {
  const std::string_view index = file_.bytes().substr(footer_.index_offset);
  blocks_.reserve(footer_.blocks);
  uint64_t offset = kTextHeaderBytes;
  for (uint32_t at = 0; at < footer_.blocks; ++at) {
    const TextBlock block = block_entry(index.substr(size_t{at} * kTextBlockEntryBytes, kTextBlockEntryBytes));
    if (!follows(block, offset)) {
      return corrupt(footer_.index_offset + uint64_t{at} * kTextBlockEntryBytes, "the index is out of order");
    }
    blocks_.push_back(block);
    offset += block.bytes;
  }
  if (offset != footer_.index_offset || (blocks_.empty() && (footer_.rows != 0 || footer_.chunks != 0))) {
    return corrupt(footer_.index_offset, "the blocks do not fill the file");
  }
  return {};
}

bool MappedTexts::follows(const TextBlock& block, uint64_t offset) const {
  const bool in_order =
      blocks_.empty() ? block.first_row == 0 && block.first_chunk == 0
                      : block.first_row > blocks_.back().first_row && block.first_chunk >= blocks_.back().first_chunk;
  return in_order && block.offset == offset && block.bytes <= footer_.index_offset - offset &&
         block.plain_bytes <= kTextBlockBytesMax && block.first_row < footer_.rows &&
         block.first_chunk <= footer_.chunks;
}

Result<std::string> MappedTexts::inflate(const TextBlock& block) const {
  const std::string_view bytes = file_.bytes().substr(block.offset, block.bytes);
  if (hash64(bytes, block.first_row) != block.sum) return corrupt(block.offset, "texts differ from their checksum");
  if (ZSTD_getFrameContentSize(bytes.data(), bytes.size()) != block.plain_bytes) {
    return corrupt(block.offset, "a block is of another size than the index says");
  }
  std::string plain(block.plain_bytes, '\0');
  const size_t size = ZSTD_decompress(plain.data(), plain.size(), bytes.data(), bytes.size());
  if (ZSTD_isError(size) != 0 || size != plain.size()) return corrupt(block.offset, "a block does not decompress");
  return plain;
}

bool MappedTexts::take_row(std::string_view& plain, Row& row) {
  uint64_t bytes = 0;
  uint64_t chunks = 0;
  if (!take_varint(plain, bytes) || !take_varint(plain, chunks) || bytes > plain.size() || chunks > bytes) return false;
  row = {plain.substr(0, bytes), static_cast<uint32_t>(chunks)};
  plain.remove_prefix(bytes);
  return true;
}

Result<StoredText> MappedTexts::read(uint32_t row) const {
  assert(row < rows());
  const auto after = std::upper_bound(blocks_.begin(), blocks_.end(), row,
                                      [](uint32_t wanted, const TextBlock& block) { return wanted < block.first_row; });
  const TextBlock& block = *(after - 1);
  ASSIGN_OR_RETURN(const std::string plain, inflate(block));
  std::string_view rest = plain;
  Row found;
  uint64_t first_chunk = block.first_chunk;
  for (uint32_t at = block.first_row; at <= row; ++at) {
    first_chunk += found.chunks;
    if (!take_row(rest, found)) return corrupt(block.offset, fmt::format("row {} is cut", at));
  }
  Result<StoredText> text = decode_text(found.bytes, &restore);
  if (!text.ok() || text->chunks.size() != found.chunks || first_chunk + found.chunks > footer_.chunks) {
    return corrupt(block.offset, fmt::format("row {} is not well-formed", row));
  }
  text->first_chunk = static_cast<uint32_t>(first_chunk);
  return text;
}

Status MappedTexts::check_block(const TextBlock& block, const TextBlock& next) const {
  ASSIGN_OR_RETURN(const std::string plain, inflate(block));
  std::string_view rest = plain;
  uint64_t chunk = block.first_chunk;
  for (uint32_t at = block.first_row; at < next.first_row; ++at) {
    Row row;
    const bool whole = take_row(rest, row);
    const Result<StoredText> text = decode_text(row.bytes, &restore);
    if (!whole || !text.ok() || text->chunks.size() != row.chunks) {
      return corrupt(block.offset, fmt::format("row {} is not well-formed", at));
    }
    chunk += row.chunks;
  }
  if (!rest.empty() || chunk != next.first_chunk) return corrupt(block.offset, "rows or chunks do not add up");
  return {};
}

Status MappedTexts::check() const {
  for (size_t at = 0; at < blocks_.size(); ++at) {
    RETURN_IF_ERROR(check_block(blocks_[at], at + 1 < blocks_.size() ? blocks_[at + 1] : end()));
  }
  return {};
}

}  // namespace

document::RedactedText TextReader::restore(std::string text) { return {std::move(text), {}}; }

Result<std::shared_ptr<const TextReader>> TextReader::open(const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(MappedFile file, MappedFile::open(path));
  auto reader = std::make_shared<MappedTexts>(std::move(file));
  RETURN_IF_ERROR(reader->load());
  return std::shared_ptr<const TextReader>(std::move(reader));
}

}  // namespace custos::index
