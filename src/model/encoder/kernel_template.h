// The kernels over any instruction set: included by one file a set, within that file's target options.
//
// A set S has: Vector (floats) and Words (32-bit words), kLanes, kRows and kPanelVectors (the tile whose sums stay in
// registers), Element, and the operations used below. One with a product of its own needs no kRows.
#pragma once

#include <algorithm>
#include <array>
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
  static constexpr float kLog2OfE = 1.44269504f;

  // Of the polynomial for 2^x on [-1/2, 1/2], the highest power first. For floats Taylor's to the sixth, error 2e-7;
  // for bf16, which keeps 8 bits, a minimax one, error 3e-6.
  static constexpr auto power_factors() {
    if constexpr (sizeof(Element) == sizeof(float)) {
      return std::array{1.54035e-4f, 1.3333558e-3f, 9.6181291e-3f, 5.5504109e-2f, 2.4022651e-1f, 6.9314718e-1f, 1.0f};
    } else {
      return std::array{9.570039e-3f, 5.591784e-2f, 2.4024746e-1f, 6.9312179e-1f, 9.9999928e-1f};
    }
  }

  // 2^x for x up to 126; far below, about 2^-126.
  static Vector power_of_two(Vector x) {
    static constexpr auto kFactors = power_factors();
    const Vector rounder = S::all(12582912.0f);  // 1.5 × 2^23: adding it rounds to a whole number
    const Vector clamped = S::maximum(x, S::all(-126.0f));
    const Vector shifted = S::add(clamped, rounder);
    const Vector part = S::subtract(clamped, S::subtract(shifted, rounder));
    Vector sum = S::all(kFactors[0]);
#pragma GCC unroll 8
    for (size_t i = 1; i < kFactors.size(); ++i) sum = S::multiply_add(sum, part, S::all(kFactors[i]));
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
    constexpr float kFactor = -1.5957691216f * kLog2OfE;
    const Vector square = S::multiply(x, x);
    const Vector factor = S::multiply_add(square, S::all(0.044715f * kFactor), S::all(kFactor));
    const Vector power = S::minimum(S::multiply(x, factor), S::all(126.0f));
    return S::divide(x, S::add(S::all(1.0f), power_of_two(power)));
  }

  static Vector activate(Vector x, Activation activation) {
    switch (activation) {
      case Activation::kGelu:
        if constexpr (requires { S::gelu(x); }) return S::gelu(x);
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
  static void multiply_tile(const char* rows, size_t row_bytes, const uint32_t* panel, uint32_t words, float* tile,
                            size_t tile_columns) {
    Vector sums[kRows][kVectors];
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) sums[r][v] = S::all(0.0f);
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
                            float* tile, size_t tile_columns) {
    if constexpr (kRows > 1) {
      if (count < kRows) return multiply_some<kRows - 1>(count, rows, row_bytes, panel, words, tile, tile_columns);
    }
    multiply_tile<kRows>(rows, row_bytes, panel, words, tile, tile_columns);
  }

  template <Output kOutput>
  static void put(Vector value, char* out, uint32_t column) {
    float* const floats = reinterpret_cast<float*>(out) + column;
    if constexpr (kOutput == Output::kFloats) S::store(floats, value);
    if constexpr (kOutput == Output::kAddToFloats) S::store(floats, S::add(S::load(floats), value));
    if constexpr (kOutput == Output::kElements) S::store_elements(reinterpret_cast<Element*>(out) + column, value);
  }

  // The first `columns` of a vector.
  template <Output kOutput>
  static void put_some(Vector value, char* out, uint32_t column, uint32_t columns) {
    constexpr size_t kBytes = kOutput == Output::kElements ? sizeof(Element) : sizeof(float);
    alignas(64) char whole[S::kLanes * sizeof(float)] = {};
    char* const to = out + column * kBytes;
    std::memcpy(whole, to, columns * kBytes);
    put<kOutput>(value, whole, 0);
    std::memcpy(to, whole, columns * kBytes);
  }

  // Rows of a tile of sums, from `first_row` and `first_column` of the product.
  template <Activation kActivation, Output kOutput>
  static void finish_rows(const Product& whole, const float* tile, uint32_t first_row, uint32_t row_count,
                          uint32_t first_column) {
    const Product product = whole;  // what is written cannot change it
    for (int v = 0; v < kVectors; ++v) {
      const uint32_t column = first_column + v * S::kLanes;
      if (column >= product.columns) break;
      const uint32_t columns = product.columns - column;
      const Vector bias = product.bias != nullptr ? S::load(product.bias + column) : S::all(0.0f);
      for (uint32_t r = 0; r < row_count; ++r) {
        const uint32_t row = first_row + r;
        char* const out = static_cast<char*>(product.out) + row * product.out_bytes;
        const Vector sum = S::load(tile + r * kPanelColumns + v * S::kLanes);
        Vector value = activate(S::add(sum, bias), kActivation);
        if (product.row_scale != nullptr) value = S::multiply(value, S::all(product.row_scale[row]));
        if (columns >= S::kLanes) {
          put<kOutput>(value, out, column);
        } else {
          put_some<kOutput>(value, out, column, columns);
        }
      }
    }
  }

  using Finish = void (*)(const Product&, const float* tile, uint32_t first_row, uint32_t row_count,
                          uint32_t first_column);

  template <Activation kActivation>
  static Finish finish_of(Output output) {
    switch (output) {
      case Output::kFloats:
        return finish_rows<kActivation, Output::kFloats>;
      case Output::kAddToFloats:
        return finish_rows<kActivation, Output::kAddToFloats>;
      case Output::kElements:
        return finish_rows<kActivation, Output::kElements>;
    }
    return nullptr;
  }

  static Finish finish_of(const Product& product) {
    switch (product.activation) {
      case Activation::kNone:
        return finish_of<Activation::kNone>(product.output);
      case Activation::kGelu:
        return finish_of<Activation::kGelu>(product.output);
      case Activation::kGeluTanh:
        return finish_of<Activation::kGeluTanh>(product.output);
      case Activation::kRelu:
        return finish_of<Activation::kRelu>(product.output);
    }
    return nullptr;
  }

  // Whether the sums are the result, or are only to be added to what is there.
  static bool is_plain(const Product& product) {
    return product.output != Output::kElements && product.activation == Activation::kNone && product.bias == nullptr &&
           product.row_scale == nullptr && product.columns % kPanelColumns == 0;
  }

  static void multiply_panel(const Product& product, const uint32_t* panel, uint32_t column, Finish finish) {
    alignas(64) float tile[S::kRows * kPanelColumns];
    for (uint32_t row = 0; row < product.row_count; row += S::kRows) {
      const uint32_t count = std::min<uint32_t>(S::kRows, product.row_count - row);
      const char* const rows = static_cast<const char*>(product.rows) + row * product.row_bytes;
      if (finish == nullptr) {
        float* const out = reinterpret_cast<float*>(static_cast<char*>(product.out) + row * product.out_bytes) + column;
        multiply_some(count, rows, product.row_bytes, panel, product.words, out, product.out_bytes / sizeof *out);
      } else {
        multiply_some(count, rows, product.row_bytes, panel, product.words, tile, kPanelColumns);
        finish(product, tile, row, count, column);
      }
    }
  }

  // A panel stays in the nearest cache while all rows go past it.
  static void multiply(const Product& product) {
    const bool plain = is_plain(product) && product.output == Output::kFloats;
    const Finish finish = plain ? nullptr : finish_of(product);
    const uint32_t* panel = product.panels;
    for (uint32_t column = 0; column < product.columns; column += kPanelColumns) {
      multiply_panel(product, panel, column, finish);
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

  // Rows at once, so that one does not wait for the other's maximum and sum.
  template <int kRows>
  static void softmax_rows(const Softmax& work, uint32_t first) {
    float* scores[kRows];
    Element* shares[kRows];
    Vector most[kRows], sums[kRows];
    for (int r = 0; r < kRows; ++r) {
      scores[r] = work.scores + static_cast<size_t>(first + r) * work.padded;
      shares[r] = static_cast<Element*>(work.shares) + static_cast<size_t>(first + r) * work.padded;
      // The rest becomes a score that does not change the maximum, and is set to zero below.
      std::fill(scores[r] + work.count, scores[r] + work.padded, scores[r][0]);
      most[r] = S::load(scores[r]);
      sums[r] = S::all(0.0f);
    }
    for (uint32_t i = S::kLanes; i < work.padded; i += S::kLanes) {
#pragma GCC unroll 4
      for (int r = 0; r < kRows; ++r) most[r] = S::maximum(most[r], S::load(scores[r] + i));
    }
    const Vector factor = S::all(work.scale * kLog2OfE);
    for (int r = 0; r < kRows; ++r) most[r] = S::multiply(S::all(-S::greatest(most[r])), factor);
    const uint32_t whole = work.count / S::kLanes * S::kLanes;
    for (uint32_t i = 0; i < whole; i += S::kLanes) {
#pragma GCC unroll 4
      for (int r = 0; r < kRows; ++r) {
        const Vector value = power_of_two(S::multiply_add(S::load(scores[r] + i), factor, most[r]));
        sums[r] = S::add(sums[r], value);
        S::store_elements(shares[r] + i, value);
      }
    }
    for (int r = 0; r < kRows; ++r) {
      for (uint32_t i = whole; i < work.padded; i += S::kLanes) {
        alignas(64) float last[S::kLanes];
        S::store(last, power_of_two(S::multiply_add(S::load(scores[r] + i), factor, most[r])));
        std::fill(last + (i < work.count ? work.count - i : 0), last + S::kLanes, 0.0f);
        sums[r] = S::add(sums[r], S::load(last));
        S::store_elements(shares[r] + i, S::load(last));
      }
      work.factors[first + r] = 1.0f / S::total(sums[r]);
    }
  }

  static void softmax(const Softmax& work) {
    constexpr uint32_t kRows = 4;
    uint32_t row = 0;
    for (; row + kRows <= work.row_count; row += kRows) softmax_rows<kRows>(work, row);
    for (; row < work.row_count; ++row) softmax_rows<1>(work, row);
  }

  static void narrow(const float* floats, uint32_t count, void* out) {
    Element* const elements = static_cast<Element*>(out);
    for (uint32_t i = 0; i < count; i += S::kLanes) S::store_elements(elements + i, S::load(floats + i));
  }

  static constexpr Kernels table(uint32_t words_a_step = 1, void (*product)(const Product&) = multiply) {
    return {S::kInstructions, sizeof(Element), kPanelColumns, words_a_step, product, normalize, softmax, narrow};
  }
};

}  // namespace
}  // namespace custos::model
