// y = x Wᵀ + b, with W packed once.
#pragma once

#include <cstdint>
#include <span>

#include "model/encoder/aligned_buffer.h"
#include "model/encoder/kernel.h"

namespace custos::model {

class Linear {
 public:
  // `weights`: columns × depth numbers, row-major, a row for each output. `bias`: one a column, or none.
  // REQUIRES: depth is a multiple of 16.
  Linear(const Kernels& kernels, std::span<const float> weights, std::span<const float> bias, uint32_t depth);

  // `rows`: row_count × depth elements; `out`: rows of `columns` floats or elements, as `output` says.
  void run(const void* rows, uint32_t row_count, Activation activation, Output output, void* out) const;
  [[nodiscard]] uint32_t columns() const { return columns_; }

 private:
  const Kernels* kernels_;
  uint32_t depth_;
  uint32_t columns_;
  AlignedBuffer panels_;
  AlignedBuffer bias_;
};

}  // namespace custos::model
