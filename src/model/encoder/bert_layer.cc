#include "model/encoder/bert_layer.h"

#include <algorithm>

namespace custos::model {

void LayerNorm::run(const Kernels& kernels, float* rows, uint32_t row_count, void* elements) const {
  kernels.normalize({.rows = rows,
                     .elements = elements,
                     .row_count = row_count,
                     .width = static_cast<uint32_t>(gain.size()),
                     .gain = gain.data(),
                     .bias = bias.data(),
                     .epsilon = epsilon});
}

void States::reserve(uint32_t rows) {
  const size_t row_elements = static_cast<size_t>(rows) * width_;
  floats_.reserve(row_elements * sizeof(float));
  elements_.reserve(row_elements * kernels->element_bytes);
  projections_.reserve(3 * row_elements * kernels->element_bytes);
  context_.reserve(row_elements * kernels->element_bytes);
  inner_.reserve(static_cast<size_t>(kBlockRows) * BertLayer::kSliceWidth * kernels->element_bytes);
}

void BertLayer::run(States& states, std::span<const uint32_t> begins) const {
  const uint32_t rows = begins.back();
  for (uint32_t row = 0; row < rows; row += States::kBlockRows) {
    parts_.projections.run(states.elements(row), std::min(States::kBlockRows, rows - row), Activation::kNone,
                           Output::kElements, states.projections(row));
  }
  for (size_t text = 0; text + 1 < begins.size(); ++text) {
    states.attention.run(states.projections(begins[text]), begins[text + 1] - begins[text],
                         states.context(begins[text]));
  }
  for (uint32_t row = 0; row < rows; row += States::kBlockRows) {
    bring_on(states, row, std::min(States::kBlockRows, rows - row));
  }
}

void BertLayer::bring_on(States& states, uint32_t row, uint32_t count) const {
  float* const floats = states.floats(row);
  parts_.after_context.run(states.context(row), count, Activation::kNone, Output::kAddToFloats, floats);
  parts_.after_attention.run(*states.kernels, floats, count, states.elements(row));
  for (const Slice& slice : parts_.slices) {
    slice.inner.run(states.elements(row), count, activation_, Output::kElements, states.inner());
    slice.outer.run(states.inner(), count, Activation::kNone, Output::kAddToFloats, floats);
  }
  parts_.after_inner.run(*states.kernels, floats, count, states.elements(row));
}

}  // namespace custos::model
