// A sealed block's header, as docs/archive-format.md gives it:
//   0 "CBLK" · 4 version u32 · 8 plain bytes u32 · 12 sealed bytes u32 · 16 checksum u64 · 24 nonce (24 bytes) · 48
//   sealed
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace custos::store {

inline constexpr size_t kBlockHeaderBytes = 48;
inline constexpr size_t kBlockNonceBytes = 24;

struct BlockHeader {
  uint32_t plain_bytes = 0;
  uint32_t sealed_bytes = 0;  // compressed and encrypted, with the tag
  uint64_t checksum = 0;      // XXH3 over nonce and sealed bytes, seeded with the two sizes

  [[nodiscard]] uint64_t seed() const { return static_cast<uint64_t>(plain_bytes) << 32 | sealed_bytes; }
};

// REQUIRES: out has 24 bytes.
void write_block_header(char* out, const BlockHeader& header);
// kCorrupt where `bytes` (at least kBlockHeaderBytes of them) do not begin with a header whose sizes are possible.
[[nodiscard]] Result<BlockHeader> read_block_header(std::string_view bytes);
// kCorrupt where header, sizes and checksum do not fit the bytes: needs no key.
[[nodiscard]] Result<BlockHeader> check_block(std::string_view block);

}  // namespace custos::store
