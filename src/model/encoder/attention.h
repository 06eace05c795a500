// Self-attention of one text over its own tokens.
//
// Vaswani et al., "Attention Is All You Need" (2017), section 3.2.
#pragma once

#include <cstdint>

#include "model/encoder/aligned_buffer.h"
#include "model/encoder/kernel.h"

namespace custos::model {

class Attention {
 public:
  Attention(const Kernels& kernels, uint32_t width, uint32_t heads)
      : kernels_(&kernels), width_(width), heads_(heads) {}

  // `projections`: a row for each token of queries, keys and values, 3 × width elements. `context`: width elements
  // each.
  void run(const void* projections, uint32_t tokens, void* context);

 private:
  static constexpr uint32_t kRowsAtOnce = 32;

  void run_head(const char* queries, uint32_t tokens, char* context);
  void attend(const char* queries, uint32_t rows, uint32_t tokens, char* context);
  [[nodiscard]] size_t projection_bytes() const { return size_t{3} * width_ * kernels_->element_bytes; }
  [[nodiscard]] uint32_t head_width() const { return width_ / heads_; }
  [[nodiscard]] uint32_t padded(uint32_t tokens) const;
  // Words of a row of shares that the product with the values takes.
  [[nodiscard]] uint32_t share_words(uint32_t tokens) const;

  const Kernels* kernels_;
  uint32_t width_;
  uint32_t heads_;
  AlignedBuffer keys_, values_, scores_, shares_;
};

}  // namespace custos::model
