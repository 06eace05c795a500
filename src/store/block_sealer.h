// Originals on their way into the archive: many messages are compressed and encrypted together, in any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace custos::store {

inline constexpr size_t kBlockBytesMax = 128 << 20;  // of one block's messages; aim at kBlockBytesTarget
inline constexpr size_t kBlockBytesTarget = 1 << 20;

// What stands in a pack: header, nonce, ciphertext. Valid wherever it lands, so sealing needs no position.
struct SealedBlock {
  std::string bytes;
  uint32_t plain_bytes = 0;  // of the messages inside
};

// Where a block came to lie.
struct BlockRef {
  uint32_t pack = 0;
  uint64_t offset = 0;

  bool operator==(const BlockRef&) const = default;
};

// One original: [begin, end) of what was sealed into a block.
struct OriginalRef {
  BlockRef block;
  uint32_t begin = 0;
  uint32_t end = 0;

  bool operator==(const OriginalRef&) const = default;
};

// zstd, then XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha) with a random nonce; the archive's id and the block's sizes
// are authenticated with it. A value; const calls may come from many threads at once.
class BlockSealer {
 public:
  using Key = std::array<unsigned char, 32>;

  BlockSealer(std::string archive_id, const Key& key) : archive_id_(std::move(archive_id)), key_(key) {}
  ~BlockSealer();
  BlockSealer(const BlockSealer&) = default;
  BlockSealer& operator=(const BlockSealer&) = default;

  // `messages`: the bytes of one or more originals, one after the other. kLimit past kBlockBytesMax.
  [[nodiscard]] Result<SealedBlock> seal(std::string_view messages) const;
  // The inverse. kCorrupt where a bit differs or the key is another one.
  [[nodiscard]] Result<std::string> open(std::string_view block) const;

 private:
  std::string archive_id_;
  Key key_;
};

}  // namespace custos::store
