#include <fmt/format.h>
#include <zstd.h>

#include <limits>
#include <memory>
#include <string>

#include "base/digest.h"
#include "base/file.h"
#include "index/text/stored_text_codec.h"
#include "index/text/text_format.h"
#include "index/text_file.h"

namespace custos::index {
namespace {

constexpr int kZstdLevel = 1;
constexpr size_t kWriteBytes = 256 << 10;  // compressed blocks that are written together

struct FreeContext {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};

class BlockWriter : public TextWriter {
 public:
  explicit BlockWriter(File file) : file_(std::move(file)), context_(ZSTD_createCCtx()), pending_(text_header()) {}

  Status append(const document::Record& record) override;
  Status finish() override;

 private:
  Status end_block();
  Status write_pending();

  File file_;
  std::unique_ptr<ZSTD_CCtx, FreeContext> context_;
  std::string row_;      // kept for its capacity
  std::string plain_;    // the block that is being filled
  std::string pending_;  // compressed, not written yet
  std::string index_;    // entries of the blocks that have ended
  TextBlock block_;      // what is known of the one being filled
  uint64_t written_ = 0;
  uint32_t blocks_ = 0;
  uint32_t rows_ = 0;
  uint32_t chunks_ = 0;
  bool finished_ = false;
};

Status BlockWriter::append(const document::Record& record) {
  assert(!finished_);
  if (!is_well_formed(record)) {
    return Error{
        Code::kInvalidArgument,
        fmt::format("row {} for {} has a span outside of its text: a stage is at fault", rows_, file_.path().string())};
  }
  row_.clear();
  encode_text(record, row_);
  if (row_.size() > kTextBlockBytesMax - kTextBlockBytesTarget || rows_ == std::numeric_limits<uint32_t>::max() ||
      record.chunks.size() > std::numeric_limits<uint32_t>::max() - chunks_) {
    return Error{Code::kLimit, fmt::format("row {} of {}: {} bytes of text are too many for a segment", rows_,
                                           file_.path().string(), row_.size())};
  }
  append_varint(plain_, row_.size());
  append_varint(plain_, record.chunks.size());
  plain_ += row_;
  ++rows_;
  chunks_ += static_cast<uint32_t>(record.chunks.size());
  return plain_.size() >= kTextBlockBytesTarget ? end_block() : Status();
}

Status BlockWriter::end_block() {
  const size_t before = pending_.size();
  pending_.resize(before + ZSTD_compressBound(plain_.size()));
  const size_t bytes = ZSTD_compressCCtx(context_.get(), pending_.data() + before, pending_.size() - before,
                                         plain_.data(), plain_.size(), kZstdLevel);
  if (ZSTD_isError(bytes) != 0) return Error{Code::kIo, "cannot compress texts: out of memory"};
  pending_.resize(before + bytes);
  block_.offset = written_ + before;
  block_.bytes = static_cast<uint32_t>(bytes);
  block_.plain_bytes = static_cast<uint32_t>(plain_.size());
  block_.sum = hash64(std::string_view(pending_).substr(before), block_.first_row);
  append_block_entry(index_, block_);
  ++blocks_;
  block_ = {.first_row = rows_, .first_chunk = chunks_};
  plain_.clear();
  return pending_.size() >= kWriteBytes ? write_pending() : Status();
}

Status BlockWriter::write_pending() {
  RETURN_IF_ERROR(file_.write(pending_));
  written_ += pending_.size();
  pending_.clear();
  return {};
}

Status BlockWriter::finish() {
  assert(!finished_);
  finished_ = true;
  if (!plain_.empty()) RETURN_IF_ERROR(end_block());
  const TextFooter footer{written_ + pending_.size(), blocks_, rows_, chunks_, hash64(index_)};
  pending_ += index_;
  pending_ += text_footer(footer);
  RETURN_IF_ERROR(write_pending());
  return file_.sync();
}

}  // namespace

Result<std::unique_ptr<TextWriter>> TextWriter::create(const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(File file, File::create(path));
  return std::unique_ptr<TextWriter>(std::make_unique<BlockWriter>(std::move(file)));
}

}  // namespace custos::index
