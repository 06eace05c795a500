#include "model/encoder/linear.h"

#include <algorithm>
#include <cassert>

#include "model/encoder/packing.h"

namespace custos::model {

Linear::Linear(const Kernels& kernels, std::span<const float> weights, std::span<const float> bias, uint32_t depth)
    : kernels_(&kernels), depth_(depth), columns_(static_cast<uint32_t>(weights.size() / depth)) {
  assert(weights.size() == size_t{columns_} * depth && depth % 16 == 0);
  assert(bias.empty() || bias.size() == columns_);
  const size_t row_bytes = static_cast<size_t>(depth) * kernels.element_bytes;
  const uint32_t words = static_cast<uint32_t>(row_bytes / sizeof(uint32_t));
  AlignedBuffer elements(columns_ * row_bytes);
  for (uint32_t c = 0; c < columns_; ++c) {
    kernels.narrow(weights.data() + static_cast<size_t>(c) * depth, depth, elements.as<char>() + c * row_bytes);
  }
  panels_.reserve(packed_words(columns_, words, kernels.panel_columns) * sizeof(uint32_t));
  pack_rows(elements.as<char>(), row_bytes, columns_, words, kernels.panel_columns, panels_.as<uint32_t>());
  if (bias.empty()) return;
  bias_.reserve(packed_words(columns_, 1, kernels.panel_columns) * sizeof(float));
  std::ranges::copy(bias, bias_.as<float>());
}

void Linear::run(const void* rows, uint32_t row_count, Activation activation, Output output, void* out) const {
  const size_t row_bytes = static_cast<size_t>(depth_) * kernels_->element_bytes;
  const size_t out_element = output == Output::kElements ? kernels_->element_bytes : sizeof(float);
  kernels_->multiply({.rows = rows,
                      .row_bytes = row_bytes,
                      .row_count = row_count,
                      .panels = panels_.as<uint32_t>(),
                      .words = static_cast<uint32_t>(row_bytes / sizeof(uint32_t)),
                      .columns = columns_,
                      .bias = bias_.bytes() > 0 ? bias_.as<float>() : nullptr,
                      .activation = activation,
                      .output = output,
                      .out = out,
                      .out_bytes = columns_ * out_element});
}

}  // namespace custos::model
