#include "store/originals/block_format.h"

#include <cstring>

#include "base/digest.h"
#include "store/block_sealer.h"
#include "store/originals/little_endian.h"

namespace custos::store {
namespace {

constexpr std::string_view kMagic = "CBLK";
constexpr uint32_t kVersion = 1;

}  // namespace

void write_block_header(char* out, const BlockHeader& header) {
  std::memcpy(out, kMagic.data(), kMagic.size());
  put_little_endian<uint32_t>(out + 4, kVersion);
  put_little_endian<uint32_t>(out + 8, header.plain_bytes);
  put_little_endian<uint32_t>(out + 12, header.sealed_bytes);
  put_little_endian<uint64_t>(out + 16, header.checksum);
}

Result<BlockHeader> read_block_header(std::string_view bytes) {
  if (bytes.size() < kBlockHeaderBytes || bytes.substr(0, 4) != kMagic) {
    return Error{Code::kCorrupt, "no block of originals begins here"};
  }
  if (get_little_endian<uint32_t>(bytes.substr(4)) != kVersion) {
    return Error{Code::kUnsupported, "the block has a version that this build does not read"};
  }
  const BlockHeader header{get_little_endian<uint32_t>(bytes.substr(8)), get_little_endian<uint32_t>(bytes.substr(12)),
                           get_little_endian<uint64_t>(bytes.substr(16))};
  // zstd never makes more than 1/128 + 64 KiB out of what it cannot compress.
  if (header.plain_bytes > kBlockBytesMax || header.sealed_bytes > kBlockBytesMax + (2 << 20)) {
    return Error{Code::kCorrupt, "the block's header gives impossible sizes"};
  }
  return header;
}

Result<BlockHeader> check_block(std::string_view block) {
  ASSIGN_OR_RETURN(const BlockHeader header, read_block_header(block));
  if (block.size() != kBlockHeaderBytes + header.sealed_bytes) {
    return Error{Code::kCorrupt, "the block's size is not what its header says"};
  }
  const std::string_view summed = block.substr(kBlockHeaderBytes - kBlockNonceBytes);
  if (hash64(summed, header.seed()) != header.checksum) {
    return Error{Code::kCorrupt, "the block's checksum differs: its bytes changed on disk"};
  }
  return header;
}

}  // namespace custos::store
