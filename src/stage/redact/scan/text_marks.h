// Which bytes of a text are digits, letters or signs, a bit for each: what most of a text is without is passed over 64
// bytes at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace custos::stage {

// 64 bytes of a text, the first of them the lowest bit. All of ASCII; beyond the end of the text nothing is set.
struct MarkBlock {
  uint64_t digits = 0;
  uint64_t alphanumerics = 0;
  uint64_t colons = 0;
  uint64_t signs = 0;  // ':', '-' and '.'
};

class TextMarks {
 public:
  static constexpr size_t kBlockBytes = 64;

  // Forgets the text before it, keeps its memory.
  void read(std::string_view text);

  [[nodiscard]] size_t block_count() const { return block_count_; }
  // An empty one past the end.
  [[nodiscard]] const MarkBlock& block(size_t index) const {
    return blocks_[index < block_count_ ? index : block_count_];
  }

 private:
  std::vector<MarkBlock> blocks_ = std::vector<MarkBlock>(1);  // and an empty one behind them
  size_t block_count_ = 0;
};

// The places from which a bit of `bits` is at most `reach` away, `next` being the block behind. REQUIRES: reach < 64.
[[nodiscard]] uint64_t reaching(uint64_t bits, uint64_t next, uint32_t reach);

// The places at which `length` bits in a row begin. REQUIRES: 0 < length < 64.
[[nodiscard]] uint64_t beginning_runs(uint64_t bits, uint64_t next, uint32_t length);

}  // namespace custos::stage
