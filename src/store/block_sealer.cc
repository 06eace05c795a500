#include "store/block_sealer.h"

#include <fmt/format.h>
#include <sodium.h>
#include <zstd.h>

#include "base/digest.h"
#include "store/originals/block_format.h"

namespace custos::store {
namespace {

constexpr int kZstdLevel = 2;  // a third less time than level 3 for mail, and 4 % more bytes
constexpr size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(kBlockNonceBytes == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
static_assert(BlockSealer::Key().size() == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

std::string associated_data(const std::string& archive_id, uint32_t plain_bytes) {
  return fmt::format("custos originals 1 {} {}", archive_id, plain_bytes);
}

unsigned char* unsigned_bytes(char* bytes) { return reinterpret_cast<unsigned char*>(bytes); }
const unsigned char* unsigned_bytes(const char* bytes) { return reinterpret_cast<const unsigned char*>(bytes); }

}  // namespace

BlockSealer::~BlockSealer() { sodium_memzero(key_.data(), key_.size()); }

Result<SealedBlock> BlockSealer::seal(std::string_view messages) const {
  if (messages.size() > kBlockBytesMax) {
    return Error{Code::kLimit, fmt::format("a block of {} bytes is larger than {}", messages.size(), kBlockBytesMax)};
  }
  const size_t bound = ZSTD_compressBound(messages.size());
  SealedBlock block{std::string(kBlockHeaderBytes + bound + kTagBytes, '\0'), static_cast<uint32_t>(messages.size())};
  char* const body = block.bytes.data() + kBlockHeaderBytes;
  const size_t compressed = ZSTD_compress(body, bound, messages.data(), messages.size(), kZstdLevel);
  if (ZSTD_isError(compressed) != 0) return Error{Code::kIo, "cannot compress a block: out of memory"};
  char* const nonce = body - kBlockNonceBytes;
  randombytes_buf(nonce, kBlockNonceBytes);
  const std::string bound_to = associated_data(archive_id_, block.plain_bytes);
  unsigned long long sealed = 0;  // NOLINT: libsodium's type
  crypto_aead_xchacha20poly1305_ietf_encrypt(unsigned_bytes(body), &sealed, unsigned_bytes(body), compressed,
                                             unsigned_bytes(bound_to.data()), bound_to.size(), nullptr,
                                             unsigned_bytes(nonce), key_.data());
  block.bytes.resize(kBlockHeaderBytes + sealed);
  BlockHeader header{block.plain_bytes, static_cast<uint32_t>(sealed), 0};
  header.checksum = hash64(std::string_view(block.bytes).substr(kBlockHeaderBytes - kBlockNonceBytes), header.seed());
  write_block_header(block.bytes.data(), header);
  return block;
}

Result<std::string> BlockSealer::open(std::string_view block) const {
  ASSIGN_OR_RETURN(const BlockHeader header, check_block(block));
  if (header.sealed_bytes < kTagBytes) return Error{Code::kCorrupt, "the block is too short to be a sealed one"};
  const char* const body = block.data() + kBlockHeaderBytes;
  std::string compressed(header.sealed_bytes - kTagBytes, '\0');
  const std::string bound_to = associated_data(archive_id_, header.plain_bytes);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(unsigned_bytes(compressed.data()), nullptr, nullptr,
                                                 unsigned_bytes(body), header.sealed_bytes,
                                                 unsigned_bytes(bound_to.data()), bound_to.size(),
                                                 unsigned_bytes(body - kBlockNonceBytes), key_.data()) != 0) {
    return Error{Code::kCorrupt, "the block does not open: another key sealed it, or it was tampered with"};
  }
  std::string plain(header.plain_bytes, '\0');
  const size_t size = ZSTD_decompress(plain.data(), plain.size(), compressed.data(), compressed.size());
  if (ZSTD_isError(size) != 0 || size != plain.size()) return Error{Code::kCorrupt, "the block does not decompress"};
  return plain;
}

}  // namespace custos::store
