// One layer of a BERT: attention, then two linear maps with an activation between; each with its residual and
// normalization after it.
//
// Devlin et al., "BERT" (2019), section 3; Vaswani et al. (2017), figure 1, left.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/encoder/aligned_buffer.h"
#include "model/encoder/attention.h"
#include "model/encoder/linear.h"
#include "model/encoder/model_config.h"

namespace custos::model {

struct LayerNorm {
  std::vector<float> gain, bias;
  float epsilon = 0;

  // Normalizes row_count rows of floats in place, and writes them to `elements`.
  void run(const Kernels& kernels, float* rows, uint32_t row_count, void* elements) const;
};

// The hidden states of the tokens of a batch, and the memory that a layer needs to bring them on.
class States {
 public:
  States(const Kernels& table, const ModelConfig& config)
      : kernels(&table),
        attention(table, config.width, config.heads),
        width_(config.width) {}

  // Rows of one pass through the maps: what they read and write stays in the second-level cache, and the weights, that
  // do not, are read once a block.
  static constexpr uint32_t kBlockRows = 384;

  void reserve(uint32_t rows);
  [[nodiscard]] float* floats(uint32_t row) { return floats_.as<float>() + static_cast<size_t>(row) * width_; }
  // The same rounded to elements.
  [[nodiscard]] char* elements(uint32_t row) { return at(elements_, row, width_); }
  [[nodiscard]] char* projections(uint32_t row) { return at(projections_, row, 3 * width_); }
  [[nodiscard]] char* context(uint32_t row) { return at(context_, row, width_); }
  [[nodiscard]] char* inner() { return inner_.as<char>(); }

  const Kernels* kernels;
  Attention attention;

 private:
  [[nodiscard]] char* at(AlignedBuffer& buffer, uint32_t row, uint32_t width) const {
    return buffer.as<char>() + static_cast<size_t>(row) * width * kernels->element_bytes;
  }

  uint32_t width_;
  AlignedBuffer floats_, elements_, projections_, context_, inner_;
};

class BertLayer {
 public:
  // Some of the inner states: what makes them, and what they add to the outer ones.
  struct Slice {
    Linear inner;
    Linear outer;
  };
  static constexpr uint32_t kSliceWidth = 384;

  struct Parts {
    Linear projections;  // queries, keys and values in one
    Linear after_context;
    LayerNorm after_attention;
    std::vector<Slice> slices;  // of kSliceWidth inner states, the last of what is left
    LayerNorm after_inner;
  };

  BertLayer(Parts parts, Activation activation) : parts_(std::move(parts)), activation_(activation) {}

  // `begins`: the first row of each text, and the number of rows.
  void run(States& states, std::span<const uint32_t> begins) const;

 private:
  void bring_on(States& states, uint32_t row, uint32_t count) const;

  Parts parts_;
  Activation activation_;
};

}  // namespace custos::model
