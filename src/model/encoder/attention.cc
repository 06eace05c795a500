#include "model/encoder/attention.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "model/encoder/packing.h"

namespace custos::model {

uint32_t Attention::padded(uint32_t tokens) const {
  return (tokens + kernels_->panel_columns - 1) / kernels_->panel_columns * kernels_->panel_columns;
}

uint32_t Attention::share_words(uint32_t tokens) const {
  const uint32_t elements_a_step = kernels_->words_a_step * sizeof(uint32_t) / kernels_->element_bytes;
  return (tokens + elements_a_step - 1) / elements_a_step * kernels_->words_a_step;
}

void Attention::run(const void* projections, uint32_t tokens, void* context) {
  const size_t head_bytes = static_cast<size_t>(head_width()) * kernels_->element_bytes;
  const uint32_t columns = kernels_->panel_columns;
  keys_.reserve(packed_words(tokens, static_cast<uint32_t>(head_bytes / 4), columns) * sizeof(uint32_t));
  values_.reserve(packed_words(head_width(), padded(tokens), columns) * sizeof(uint32_t));
  scores_.reserve(static_cast<size_t>(kRowsAtOnce) * padded(tokens) * sizeof(float));
  shares_.reserve(static_cast<size_t>(kRowsAtOnce) * padded(tokens) * kernels_->element_bytes);
  for (uint32_t head = 0; head < heads_; ++head) {
    run_head(static_cast<const char*>(projections) + head * head_bytes, tokens,
             static_cast<char*>(context) + head * head_bytes);
  }
}

void Attention::run_head(const char* queries, uint32_t tokens, char* context) {
  const size_t block_bytes = static_cast<size_t>(width_) * kernels_->element_bytes;
  const char* const keys = queries + block_bytes;
  const uint32_t words = head_width() * kernels_->element_bytes / sizeof(uint32_t);
  pack_rows(keys, projection_bytes(), tokens, words, kernels_->panel_columns, keys_.as<uint32_t>());
  pack_columns(keys + block_bytes, projection_bytes(), tokens, head_width(), kernels_->element_bytes,
               share_words(tokens), kernels_->panel_columns, values_.as<uint32_t>());
  for (uint32_t row = 0; row < tokens; row += kRowsAtOnce) {
    attend(queries + row * projection_bytes(), std::min(kRowsAtOnce, tokens - row), tokens,
           context + row * block_bytes);
  }
}

void Attention::attend(const char* queries, uint32_t rows, uint32_t tokens, char* context) {
  const uint32_t columns = padded(tokens);
  const uint32_t element_bytes = kernels_->element_bytes;
  kernels_->multiply({.rows = queries,
                      .row_bytes = projection_bytes(),
                      .row_count = rows,
                      .panels = keys_.as<uint32_t>(),
                      .words = static_cast<uint32_t>(head_width() * element_bytes / sizeof(uint32_t)),
                      .columns = columns,
                      .out = scores_.as<float>(),
                      .out_bytes = columns * sizeof(float)});
  const float scale = 1.0f / std::sqrt(static_cast<float>(head_width()));
  const size_t share_bytes = static_cast<size_t>(columns) * element_bytes;
  std::array<float, kRowsAtOnce> factors;
  kernels_->softmax({.scores = scores_.as<float>(),
                     .row_count = rows,
                     .count = tokens,
                     .padded = columns,
                     .scale = scale,
                     .shares = shares_.as<char>(),
                     .factors = factors.data()});
  kernels_->multiply({.rows = shares_.as<char>(),
                      .row_bytes = share_bytes,
                      .row_count = rows,
                      .panels = values_.as<uint32_t>(),
                      .words = share_words(tokens),
                      .columns = head_width(),
                      .row_scale = factors.data(),
                      .output = Output::kElements,
                      .out = context,
                      .out_bytes = static_cast<size_t>(width_) * element_bytes});
}

}  // namespace custos::model
