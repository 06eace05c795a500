// The arithmetic of an encoder for one instruction set: a table of functions, chosen once when a model is loaded.
//
// Activations that go into a product are *elements*: bf16 where the set has dot products of it, else float. They are
// addressed as *words* of 32 bits: one float, or two bf16 that follow each other. In all sets each sum is taken in the
// order of the words, whatever the number of rows: the result of a row does not depend on the rows beside it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "model/encoder.h"

namespace custos::model {

enum class Activation : uint8_t { kNone, kGelu, kGeluTanh, kRelu };

// What becomes of a product.
enum class Output : uint8_t { kFloats, kAddToFloats, kElements };

// out[r][c] = activation(sum over w of rows[r][w] · panels[w][c] + bias[c]) × row_scale[r]
struct Product {
  const void* rows = nullptr;
  size_t row_bytes = 0;  // from one row to the next
  uint32_t row_count = 0;
  const uint32_t* panels = nullptr;  // of packing.h
  uint32_t words = 0;                // a row
  uint32_t columns = 0;
  const float* bias = nullptr;       // filled up with zeros to whole panels, or nullptr
  const float* row_scale = nullptr;  // one a row, or nullptr
  Activation activation = Activation::kNone;
  Output output = Output::kFloats;
  void* out = nullptr;
  size_t out_bytes = 0;  // from one row to the next
};

// Layer normalization of rows of floats, in place; the result is written to `elements` as well.
struct Normalization {
  float* rows = nullptr;
  void* elements = nullptr;
  uint32_t row_count = 0;
  uint32_t width = 0;  // a multiple of 16
  const float* gain = nullptr;
  const float* bias = nullptr;
  float epsilon = 0;
};

// shares = exp(scale × (scores − their row's maximum)) as elements, zeros from `count` to `padded`; `factors` become 1
// over the rows' sums. Changes the scores.
struct Softmax {
  float* scores = nullptr;  // row_count × padded
  uint32_t row_count = 0;
  uint32_t count = 0;   // at least 1
  uint32_t padded = 0;  // a multiple of panel_columns, at least count
  float scale = 0;
  void* shares = nullptr;  // row_count × padded
  float* factors = nullptr;
};

struct Kernels {
  InstructionSet instructions;
  uint32_t element_bytes;  // 2: bf16; 4: float
  uint32_t panel_columns;
  uint32_t words_a_step;  // a product is fastest where its words are a multiple of this
  void (*multiply)(const Product&);
  void (*normalize)(const Normalization&);
  void (*softmax)(const Softmax&);
  // REQUIRES: count is a multiple of 16.
  void (*narrow)(const float* floats, uint32_t count, void* elements);
};

// The table for `wanted`, or for the best set of this machine; nullptr where this machine lacks the set.
[[nodiscard]] const Kernels* find_kernels(InstructionSet wanted);

[[nodiscard]] const Kernels& portable_kernels();
// REQUIRES: the machine has the instructions.
[[nodiscard]] const Kernels& avx2_kernels();
[[nodiscard]] const Kernels& avx512_kernels();
[[nodiscard]] const Kernels& avx512_bf16_kernels();
[[nodiscard]] const Kernels& amx_kernels();

}  // namespace custos::model
