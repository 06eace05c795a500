// The mapped bytes of a vector file, bounds checked: groups of vectors, and whether a block is what was written.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "index/file/mapped_file.h"
#include "index/vector/vector_format.h"

namespace custos::index {

// Views into the file.
struct VectorGroup {
  uint32_t first = 0;  // number of its first vector
  const int8_t* codes = nullptr;
  const int8_t* residuals = nullptr;
  std::span<const float> scales;
  std::span<const uint32_t> rows;  // ascending
};

// Immutable but for what it has learnt about damage; thread-safe.
class VectorMap {
 public:
  // Checks header, footer, sizes, and the scales and rows of every group; codes and residuals are checked a block at a
  // time when they are first used.
  [[nodiscard]] static Result<VectorMap> open(const std::filesystem::path& path);

  [[nodiscard]] const VectorLayout& layout() const { return layout_; }
  [[nodiscard]] const std::string& model() const { return model_; }
  [[nodiscard]] uint32_t size() const { return vectors_; }
  [[nodiscard]] uint32_t groups() const { return static_cast<uint32_t>(last_rows_.size()); }

  // REQUIRES: group < groups().
  [[nodiscard]] VectorGroup group(uint32_t group) const;
  // The first group from `from` on whose last row is `row` or greater; groups() where there is none.
  [[nodiscard]] uint32_t group_with_row(uint32_t row, uint32_t from) const;

  // Whether a block of a plane has its checksum; remembered. REQUIRES: block < blocks of the file.
  [[nodiscard]] bool is_sound(Plane plane, uint32_t block) const;
  // kCorrupt with the place of one block of those that is_sound found damaged.
  [[nodiscard]] Status damage() const;
  // Every block.
  [[nodiscard]] Status check() const;

 private:
  explicit VectorMap(MappedFile file) : file_(std::move(file)) {}
  Status read_header();
  Status read_footer();
  Status read_groups();
  Status check_group(uint32_t group);
  [[nodiscard]] GroupLayout group_layout(uint32_t group) const;
  [[nodiscard]] uint64_t group_offset(uint32_t group) const { return groups_begin_ + group * full_group_bytes_; }
  [[nodiscard]] uint32_t blocks() const;
  [[nodiscard]] Error corrupt(uint64_t offset, std::string_view what) const;
  // The bytes and the offset of a block, and its checksum as written.
  struct Block {
    uint64_t offset = 0;
    std::string_view bytes;
    uint64_t sum = 0;
  };
  [[nodiscard]] Block block(Plane plane, uint32_t block) const;

  MappedFile file_;
  VectorLayout layout_{kVectorAlignment};
  std::string model_;
  uint64_t groups_begin_ = 0;
  uint64_t full_group_bytes_ = 0;
  uint32_t vectors_ = 0;
  std::vector<uint32_t> last_rows_;  // of each group
  enum class Soundness : uint8_t { kUnknown, kSound, kDamaged };
  std::unique_ptr<std::atomic<Soundness>[]> soundness_;  // by block, codes and residuals in turn
};

}  // namespace custos::index
