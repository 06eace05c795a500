// The bytes of a vector file: docs/vector-index.md.
//
// header, model version, groups, footer. A group is all of a number of vectors, which the writer holds in memory:
// codes, residuals, scales, rows, checksums. Every group but the last is full, so the place of a vector is arithmetic.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace custos::index {

inline constexpr std::string_view kVectorMagic = "CUSTVECT";
inline constexpr std::string_view kVectorEndMagic = "CUSTVEND";
inline constexpr uint32_t kVectorVersion = 1;
inline constexpr uint32_t kVectorHeaderBytes = 32;
inline constexpr uint32_t kVectorFooterBytes = 32;
inline constexpr uint32_t kVectorWidthMax = 4096;
inline constexpr uint32_t kModelBytesMax = 1024;
inline constexpr uint32_t kVectorAlignment = 64;  // of codes: one AVX-512 register
inline constexpr uint32_t kVectorBlockBytes =
    16384;  // at most, of codes or residuals: one checksum, one step of a scan
inline constexpr uint32_t kVectorBlocksPerGroup = 64;

// What a residual of 1 is, in units of the code: residuals of -127 to 127 reach half a code either way.
inline constexpr float kResidualUnit = 1.0F / 254;

[[nodiscard]] constexpr uint64_t aligned(uint64_t bytes) {
  return (bytes + kVectorAlignment - 1) / kVectorAlignment * kVectorAlignment;
}

// The two halves of a vector: value = scale * (code + residual * kResidualUnit).
enum class Plane : uint8_t { kCodes = 0, kResiduals = 1 };

// Where things are in a group of `vectors`, in bytes from its beginning.
struct GroupLayout {
  uint32_t vectors = 0;
  uint32_t blocks = 0;     // of each plane
  uint64_t residuals = 0;  // codes begin at 0
  uint64_t scales = 0;     // f32 each
  uint64_t rows = 0;       // u32 each
  uint64_t sums = 0;       // u64 a block: those of the codes, then those of the residuals
  uint64_t sum = 0;        // u64 over [scales, sum)
  uint64_t bytes = 0;      // with padding
};

// What follows from the width.
struct VectorLayout {
  explicit VectorLayout(uint32_t width);

  [[nodiscard]] GroupLayout group(uint32_t vectors) const;
  // Of groups and nothing else.
  [[nodiscard]] uint64_t bytes_of(uint32_t vectors) const;

  uint32_t width;
  uint32_t stride;     // bytes of a vector in a plane: width rounded up, the rest is 0
  uint32_t per_block;  // vectors
  uint32_t per_group;  // vectors of a full group
};

// Seeds the checksum of block `block` of the file: a block at another's place is a fault too.
[[nodiscard]] constexpr uint64_t block_seed(Plane plane, uint64_t block) {
  return block * 2 + static_cast<uint64_t>(plane);
}

// Header and model version, padded to the alignment.
[[nodiscard]] std::string vector_header(uint32_t width, std::string_view model);
[[nodiscard]] std::string vector_footer(uint32_t vectors, uint32_t groups, uint64_t header_sum);

}  // namespace custos::index
