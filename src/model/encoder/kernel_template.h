// The kernels over any instruction set: included by one file a set, within that file's target options.
//
// A set S has: Vector (floats) and Words (32-bit words), kLanes, kRows and kPanelVectors (the tile whose sums stay in
// registers), Element, and the operations used below. One with a product of its own needs no kRows.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstring>

#include "model/encoder/kernel.h"

namespace custos::model {
namespace {

template <class S>
struct KernelsOf {
  using Vector = typename S::Vector;
  using Words = typename S::Words;
  using Element = typename S::Element;
  static constexpr int kVectors = S::kPanelVectors;
  static constexpr uint32_t kPanelColumns = S::kLanes * kVectors;

  // 2^x for x in about [-126, 0] times; Cody and Waite's reduction, Taylor's series to the sixth term: 2 units in the
  // last place.
  static Vector exponential(Vector x) {
    const Vector rounder = S::all(12582912.0f);  // 1.5 × 2^23: adding it rounds to a whole number
    const Vector clamped = S::maximum(x, S::all(-87.0f));
    const Vector shifted = S::multiply_add(clamped, S::all(1.44269504f), rounder);
    const Vector whole = S::subtract(shifted, rounder);
    Vector part = S::multiply_add(whole, S::all(-0.693359375f), clamped);
    part = S::multiply_add(whole, S::all(2.12194440e-4f), part);
    Vector sum = S::all(1.0f / 720);
    for (const float factor : {1.0f / 120, 1.0f / 24, 1.0f / 6, 0.5f, 1.0f, 1.0f}) {
      sum = S::multiply_add(sum, part, S::all(factor));
    }
    return S::scale_by_power(sum, shifted);
  }

  // x Φ(x), with Φ(x) - 1/2 = x P(2x²/25 - 1) on [-5, 5]: a minimax polynomial, error of x Φ(x) below 2e-6.
  static Vector gelu(Vector x) {
    static constexpr float kFactors[] = {-0.0016131318407133222f, 0.0017237241845577955f, -0.002685908228158951f,
                                         0.006409544497728348f,   -0.011164039373397827f, 0.016402635723352432f,
                                         -0.023268768563866615f,  0.0314420722424984f,    -0.04044258967041969f,
                                         0.05152053013443947f,    -0.0702962800860405f,   0.14136378467082977f};
    const Vector inner = S::minimum(S::maximum(x, S::all(-5.0f)), S::all(5.0f));
    const Vector square = S::multiply(inner, inner);
    const Vector place = S::multiply_add(square, S::all(0.08f), S::all(-1.0f));
    Vector sum = S::all(0.0006083969492465258f);
    for (const float factor : kFactors) sum = S::multiply_add(sum, place, S::all(factor));
    return S::multiply(x, S::multiply_add(inner, sum, S::all(0.5f)));
  }

  // Hendrycks and Gimpel's approximation with tanh, written as x / (1 + exp(-2z)).
  static Vector gelu_tanh(Vector x) {
    const Vector square = S::multiply(x, x);
    const Vector factor = S::multiply_add(square, S::all(0.044715f * -1.5957691216f), S::all(-1.5957691216f));
    const Vector power = S::minimum(S::multiply(x, factor), S::all(87.0f));
    return S::divide(x, S::add(S::all(1.0f), exponential(power)));
  }

  static Vector activate(Vector x, Activation activation) {
    switch (activation) {
      case Activation::kGelu:
        return gelu(x);
      case Activation::kGeluTanh:
        return gelu_tanh(x);
      case Activation::kRelu:
        return S::maximum(x, S::all(0.0f));
      case Activation::kNone:
        break;
    }
    return x;
  }

  // The sums of a tile: kRows rows of one panel.
  template <int kRows>
  static void multiply_tile(const char* rows, size_t row_bytes, const uint32_t* panel, uint32_t words,
                            const float* bias, float* tile, size_t tile_columns) {
    Vector sums[kRows][kVectors];
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) sums[r][v] = bias != nullptr ? S::load(bias + v * S::kLanes) : S::all(0.0f);
    }
    for (uint32_t word = 0; word < words; ++word) {
      Words factors[kVectors];
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) factors[v] = S::load_words(panel + v * S::kLanes);
      panel += kPanelColumns;
#pragma GCC unroll 16
      for (int r = 0; r < kRows; ++r) {
        const Words row = S::all_words(rows + static_cast<size_t>(r) * row_bytes);
#pragma GCC unroll 4
        for (int v = 0; v < kVectors; ++v) sums[r][v] = S::dot(row, factors[v], sums[r][v]);
      }
      rows += sizeof(uint32_t);
    }
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) S::store(tile + r * tile_columns + v * S::kLanes, sums[r][v]);
    }
  }

  template <int kRows = S::kRows>
  static void multiply_some(uint32_t count, const char* rows, size_t row_bytes, const uint32_t* panel, uint32_t words,
                            const float* bias, float* tile, size_t tile_columns) {
    if constexpr (kRows > 1) {
      if (count < kRows) {
        return multiply_some<kRows - 1>(count, rows, row_bytes, panel, words, bias, tile, tile_columns);
      }
    }
    multiply_tile<kRows>(rows, row_bytes, panel, words, bias, tile, tile_columns);
  }

  // `columns` of a vector, the first.
  static void put(Vector value, Output output, char* out, uint32_t column, uint32_t columns) {
    float* const floats = reinterpret_cast<float*>(out) + column;
    Element* const elements = reinterpret_cast<Element*>(out) + column;
    if (columns >= S::kLanes) {
      switch (output) {
        case Output::kFloats:
          return S::store(floats, value);
        case Output::kAddToFloats:
          return S::store(floats, S::add(S::load(floats), value));
        case Output::kElements:
          return S::store_elements(elements, value);
      }
    }
    alignas(64) float whole[S::kLanes];
    alignas(64) Element narrow[S::kLanes];
    S::store(whole, value);
    S::store_elements(narrow, value);
    for (uint32_t i = 0; i < columns; ++i) {
      if (output == Output::kFloats) floats[i] = whole[i];
      if (output == Output::kAddToFloats) floats[i] += whole[i];
      if (output == Output::kElements) elements[i] = narrow[i];
    }
  }

  template <Activation kActivation>
  static void finish_tile(const Product& product, const float* tile, uint32_t first_row, uint32_t row_count,
                          uint32_t first_column) {
    for (uint32_t r = 0; r < row_count; ++r) {
      const uint32_t row = first_row + r;
      const Vector scale = S::all(product.row_scale != nullptr ? product.row_scale[row] : 1.0f);
      char* const out = static_cast<char*>(product.out) + row * product.out_bytes;
      for (int v = 0; v < kVectors; ++v) {
        const uint32_t column = first_column + v * S::kLanes;
        if (column >= product.columns) break;
        const Vector value = activate(S::load(tile + r * kPanelColumns + v * S::kLanes), kActivation);
        put(S::multiply(value, scale), product.output, out, column, product.columns - column);
      }
    }
  }

  static void finish(const Product& product, const float* tile, uint32_t row, uint32_t count, uint32_t column) {
    switch (product.activation) {
      case Activation::kNone:
        return finish_tile<Activation::kNone>(product, tile, row, count, column);
      case Activation::kGelu:
        return finish_tile<Activation::kGelu>(product, tile, row, count, column);
      case Activation::kGeluTanh:
        return finish_tile<Activation::kGeluTanh>(product, tile, row, count, column);
      case Activation::kRelu:
        return finish_tile<Activation::kRelu>(product, tile, row, count, column);
    }
  }

  // Whether the sums are the result, and can be written where it belongs.
  static bool is_plain(const Product& product) {
    return product.output == Output::kFloats && product.activation == Activation::kNone &&
           product.row_scale == nullptr && product.columns % kPanelColumns == 0;
  }

  static void multiply_panel(const Product& product, const uint32_t* panel, uint32_t column, bool plain) {
    alignas(64) float tile[S::kRows * kPanelColumns];
    const float* const bias = product.bias != nullptr ? product.bias + column : nullptr;
    for (uint32_t row = 0; row < product.row_count; row += S::kRows) {
      const uint32_t count = std::min<uint32_t>(S::kRows, product.row_count - row);
      const char* const rows = static_cast<const char*>(product.rows) + row * product.row_bytes;
      if (plain) {
        float* const out = reinterpret_cast<float*>(static_cast<char*>(product.out) + row * product.out_bytes) + column;
        multiply_some(count, rows, product.row_bytes, panel, product.words, bias, out, product.out_bytes / sizeof *out);
      } else {
        multiply_some(count, rows, product.row_bytes, panel, product.words, bias, tile, kPanelColumns);
        finish(product, tile, row, count, column);
      }
    }
  }

  // A panel stays in the nearest cache while all rows go past it.
  static void multiply(const Product& product) {
    const bool plain = is_plain(product);
    const uint32_t* panel = product.panels;
    for (uint32_t column = 0; column < product.columns; column += kPanelColumns) {
      multiply_panel(product, panel, column, plain);
      panel += static_cast<size_t>(product.words) * kPanelColumns;
    }
  }

  static void normalize(const Normalization& work) {
    for (uint32_t r = 0; r < work.row_count; ++r) {
      float* const row = work.rows + static_cast<size_t>(r) * work.width;
      Element* const elements = static_cast<Element*>(work.elements) + static_cast<size_t>(r) * work.width;
      Vector sum = S::all(0.0f);
      for (uint32_t i = 0; i < work.width; i += S::kLanes) sum = S::add(sum, S::load(row + i));
      const Vector mean = S::all(S::total(sum) / static_cast<float>(work.width));
      Vector squares = S::all(0.0f);
      for (uint32_t i = 0; i < work.width; i += S::kLanes) {
        const Vector distance = S::subtract(S::load(row + i), mean);
        squares = S::multiply_add(distance, distance, squares);
      }
      const float variance = S::total(squares) / static_cast<float>(work.width);
      const Vector factor = S::all(1.0f / std::sqrt(variance + work.epsilon));
      for (uint32_t i = 0; i < work.width; i += S::kLanes) {
        const Vector unit = S::multiply(S::subtract(S::load(row + i), mean), factor);
        const Vector value = S::multiply_add(unit, S::load(work.gain + i), S::load(work.bias + i));
        S::store(row + i, value);
        S::store_elements(elements + i, value);
      }
    }
  }

  static float softmax(float* scores, uint32_t count, uint32_t padded, float scale, void* out) {
    Element* const elements = static_cast<Element*>(out);
    // The rest becomes a score whose exponential is far below any that counts, and is set to zero below.
    std::fill(scores + count, scores + padded, scores[0]);
    Vector most = S::load(scores);
    for (uint32_t i = S::kLanes; i < padded; i += S::kLanes) most = S::maximum(most, S::load(scores + i));
    const Vector factor = S::all(scale);
    const Vector top = S::multiply(S::all(S::greatest(most)), factor);
    Vector sum = S::all(0.0f);
    const uint32_t whole = count / S::kLanes * S::kLanes;
    for (uint32_t i = 0; i < whole; i += S::kLanes) {
      const Vector value = exponential(S::subtract(S::multiply(S::load(scores + i), factor), top));
      sum = S::add(sum, value);
      S::store_elements(elements + i, value);
    }
    if (whole < count) {
      alignas(64) float last[S::kLanes];
      S::store(last, exponential(S::subtract(S::multiply(S::load(scores + whole), factor), top)));
      std::fill(last + (count - whole), last + S::kLanes, 0.0f);
      sum = S::add(sum, S::load(last));
      S::store_elements(elements + whole, S::load(last));
    }
    const uint32_t written = (count + S::kLanes - 1) / S::kLanes * S::kLanes;
    std::memset(static_cast<void*>(elements + written), 0, (padded - written) * sizeof(Element));
    return 1.0f / S::total(sum);
  }

  static void narrow(const float* floats, uint32_t count, void* out) {
    Element* const elements = static_cast<Element*>(out);
    for (uint32_t i = 0; i < count; i += S::kLanes) S::store_elements(elements + i, S::load(floats + i));
  }

  static constexpr Kernels table(void (*product)(const Product&) = multiply) {
    return {S::kInstructions, sizeof(Element), kPanelColumns, product, normalize, softmax, narrow};
  }
};

}  // namespace
}  // namespace custos::model
