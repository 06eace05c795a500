#include "model/encoder/kernel.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <random>
#include <utility>
#include <vector>

#include "model/encoder/aligned_buffer.h"
#include "model/encoder/packing.h"

namespace custos::model {
namespace {

class KernelsOn : public ::testing::TestWithParam<InstructionSet> {
 protected:
  void SetUp() override {
    kernels_ = find_kernels(GetParam());
    if (kernels_ == nullptr) GTEST_SKIP() << "this machine lacks the instructions";
  }
  [[nodiscard]] bool narrow() const { return kernels_->element_bytes == 2; }
  // Numbers that bf16 holds exactly, so that products differ by their sums alone.
  std::vector<float> numbers(size_t count) {
    std::vector<float> made(count);
    for (float& number : made) number = static_cast<float>(static_cast<int>(dice_() % 255) - 127) / 64;
    return made;
  }
  AlignedBuffer elements(const std::vector<float>& floats) {
    AlignedBuffer buffer(floats.size() * sizeof(float) + 64);
    std::vector<float> padded = floats;
    padded.resize((floats.size() + 15) / 16 * 16);
    AlignedBuffer whole(padded.size() * sizeof(float));
    kernels_->narrow(padded.data(), static_cast<uint32_t>(padded.size()), whole.as<char>());
    return whole;
  }
  float element(const void* elements, size_t at) const {
    float number = 0;
    const char* const from = static_cast<const char*>(elements) + at * kernels_->element_bytes;
    std::memcpy(reinterpret_cast<char*>(&number) + 4 - kernels_->element_bytes, from, kernels_->element_bytes);
    return number;
  }
  // What the kernels make of one number.
  std::vector<float> activate(const std::vector<float>& inputs, Activation activation);

  std::mt19937 dice_{3};
  const Kernels* kernels_ = nullptr;
};

TEST_P(KernelsOn, MultiplyAnyNumberOfRowsAndColumns) {
  constexpr uint32_t kDepth = 48;
  for (const uint32_t columns : {1u, 15u, 16u, 33u, 70u}) {
    const std::vector<float> right = numbers(columns * kDepth), bias = numbers(128), left = numbers(30 * kDepth);
    const AlignedBuffer right_elements = elements(right), left_elements = elements(left);
    const size_t row_bytes = kDepth * kernels_->element_bytes;
    const uint32_t words = static_cast<uint32_t>(row_bytes / 4);
    AlignedBuffer panels(packed_words(columns, words, kernels_->panel_columns) * 4);
    pack_rows(right_elements.as<char>(), row_bytes, columns, words, kernels_->panel_columns, panels.as<uint32_t>());
    for (uint32_t rows = 1; rows <= 30; ++rows) {
      std::vector<float> out(rows * columns + 1, 0.25f);
      kernels_->multiply({.rows = left_elements.as<char>(),
                          .row_bytes = row_bytes,
                          .row_count = rows,
                          .panels = panels.as<uint32_t>(),
                          .words = words,
                          .columns = columns,
                          .bias = bias.data(),
                          .output = Output::kAddToFloats,
                          .out = out.data(),
                          .out_bytes = columns * sizeof(float)});
      for (uint32_t r = 0; r < rows; ++r) {
        for (uint32_t c = 0; c < columns; ++c) {
          double expected = bias[c] + 0.25;
          for (uint32_t d = 0; d < kDepth; ++d) expected += left[r * kDepth + d] * right[c * kDepth + d];
          ASSERT_NEAR(out[r * columns + c], expected, 1e-4) << rows << " rows, " << columns << " columns";
        }
      }
      ASSERT_EQ(out.back(), 0.25f) << "nothing is written beyond the last column";
    }
  }
}

TEST_P(KernelsOn, PackColumnsOfAnOddNumberOfRows) {
  constexpr uint32_t kRows = 7, kColumns = 19;
  const std::vector<float> right = numbers(kRows * kColumns);
  std::vector<float> left = numbers(8);
  left[7] = 0;
  const AlignedBuffer right_elements = elements(right), left_elements = elements(left);
  const uint32_t words = narrow() ? 4 : 8;
  AlignedBuffer panels(packed_words(kColumns, words, kernels_->panel_columns) * 4);
  pack_columns(right_elements.as<char>(), kColumns * kernels_->element_bytes, kRows, kColumns, kernels_->element_bytes,
               words, kernels_->panel_columns, panels.as<uint32_t>());
  std::vector<float> out(kColumns);
  const float scale = 0.5f;
  kernels_->multiply({.rows = left_elements.as<char>(),
                      .row_bytes = 0,
                      .row_count = 1,
                      .panels = panels.as<uint32_t>(),
                      .words = words,
                      .columns = kColumns,
                      .row_scale = &scale,
                      .out = out.data(),
                      .out_bytes = 0});
  for (uint32_t c = 0; c < kColumns; ++c) {
    double expected = 0;
    for (uint32_t r = 0; r < kRows; ++r) expected += left[r] * right[r * kColumns + c];
    ASSERT_NEAR(out[c], expected / 2, 1e-5);
  }
}

TEST_P(KernelsOn, MultiplyGivesARowTheSameBitsAmongAnyOthers) {
  constexpr uint32_t kRows = 70, kColumns = 64;
  for (const uint32_t depth : {32u, 80u, 96u}) {
    std::vector<float> left(kRows * depth), right(kColumns * depth), base(kRows * kColumns), bias(kColumns);
    for (std::vector<float>* all : {&left, &right, &base, &bias}) {
      for (float& number : *all) number = std::uniform_real_distribution<float>(-1, 1)(dice_);
    }
    const AlignedBuffer left_elements = elements(left), right_elements = elements(right);
    const size_t row_bytes = depth * kernels_->element_bytes;
    const uint32_t words = static_cast<uint32_t>(row_bytes / 4);
    AlignedBuffer panels(packed_words(kColumns, words, kernels_->panel_columns) * 4);
    pack_rows(right_elements.as<char>(), row_bytes, kColumns, words, kernels_->panel_columns, panels.as<uint32_t>());
    for (const Output output : {Output::kFloats, Output::kAddToFloats}) {
      for (const float* const added : {static_cast<const float*>(nullptr), std::as_const(bias).data()}) {
        const auto multiply = [&](uint32_t first, uint32_t count) {
          std::vector<float> out = base;
          kernels_->multiply({.rows = left_elements.as<char>() + first * row_bytes,
                              .row_bytes = row_bytes,
                              .row_count = count,
                              .panels = panels.as<uint32_t>(),
                              .words = words,
                              .columns = kColumns,
                              .bias = added,
                              .output = output,
                              .out = out.data() + first * kColumns,
                              .out_bytes = kColumns * sizeof(float)});
          return out;
        };
        const std::vector<float> together = multiply(0, kRows);
        for (uint32_t count = 1; count < kRows; ++count) {
          const uint32_t first = dice_() % (kRows - count);
          const std::vector<float> some = multiply(first, count);
          const size_t begin = first * kColumns, end = begin + count * kColumns;
          ASSERT_TRUE(std::equal(some.begin() + begin, some.begin() + end, together.begin() + begin)) << count;
          ASSERT_TRUE(std::equal(some.begin() + end, some.end(), base.begin() + end)) << "no other row is written";
        }
      }
    }
  }
}

std::vector<float> KernelsOn::activate(const std::vector<float>& inputs, Activation activation) {
  const std::vector<float> zeros(16);
  const AlignedBuffer row = elements(zeros);
  const uint32_t columns = static_cast<uint32_t>(inputs.size()), words = 16 * kernels_->element_bytes / 4;
  AlignedBuffer panels(packed_words(columns, words, kernels_->panel_columns) * 4);
  std::vector<float> bias = inputs, out(columns);
  bias.resize(packed_words(columns, 1, kernels_->panel_columns));
  kernels_->multiply({.rows = row.as<char>(),
                      .row_bytes = 0,
                      .row_count = 1,
                      .panels = panels.as<uint32_t>(),
                      .words = words,
                      .columns = columns,
                      .bias = bias.data(),
                      .activation = activation,
                      .out = out.data(),
                      .out_bytes = 0});
  return out;
}

TEST_P(KernelsOn, ActivationsAreExactToTheFifthPlace) {
  std::vector<float> inputs;
  for (float x = -30; x < 30; x += 0.01f) inputs.push_back(x);
  const std::vector<float> gelu = activate(inputs, Activation::kGelu);
  const std::vector<float> with_tanh = activate(inputs, Activation::kGeluTanh);
  const std::vector<float> relu = activate(inputs, Activation::kRelu);
  for (size_t i = 0; i < inputs.size(); ++i) {
    const double x = inputs[i];
    ASSERT_NEAR(gelu[i], 0.5 * x * (1 + std::erf(x / std::sqrt(2.0))), 1e-5) << x;
    const double tanh = std::tanh(std::sqrt(2 / 3.14159265358979) * (x + 0.044715 * x * x * x));
    ASSERT_NEAR(with_tanh[i], 0.5 * x * (1 + tanh), 1e-5) << x;
    ASSERT_EQ(relu[i], std::max(inputs[i], 0.0f));
  }
}

TEST_P(KernelsOn, SoftmaxSharesOutAWhole) {
  constexpr uint32_t kRows = 6;
  for (const uint32_t count : {1u, 2u, 15u, 16u, 17u, 31u, 40u}) {
    const uint32_t padded = (count + kernels_->panel_columns - 1) / kernels_->panel_columns * kernels_->panel_columns;
    std::vector<float> scores(kRows * padded, std::nanf("")), factors(kRows);
    for (uint32_t r = 0; r < kRows; ++r) {
      std::ranges::copy(numbers(count), scores.begin() + r * padded);
      scores[r * padded + count / 2] = 80;
      scores[r * padded] = 79;
    }
    const std::vector<float> given = scores;
    AlignedBuffer out(kRows * padded * sizeof(float));
    kernels_->softmax({.scores = scores.data(),
                       .row_count = kRows,
                       .count = count,
                       .padded = padded,
                       .scale = 0.5f,
                       .shares = out.as<char>(),
                       .factors = factors.data()});
    for (uint32_t r = 0; r < kRows; ++r) {
      double sum = 0;
      for (uint32_t i = 0; i < count; ++i) sum += std::exp((given[r * padded + i] - 80.0) * 0.5);
      for (uint32_t i = 0; i < padded; ++i) {
        const double expected = i < count ? std::exp((given[r * padded + i] - 80.0) * 0.5) / sum : 0;
        const float share = element(out.as<char>(), r * padded + i) * factors[r];
        ASSERT_NEAR(share, expected, narrow() ? 4e-3 : 1e-6) << count << ", " << r << ", " << i;
      }
    }
  }
}

TEST_P(KernelsOn, NormalizeGivesMeanAndVariance) {
  constexpr uint32_t kWidth = 48, kRows = 3;
  std::vector<float> rows = numbers(kWidth * kRows);
  const std::vector<float> given = rows, gain = numbers(kWidth), bias = numbers(kWidth);
  AlignedBuffer out(kWidth * kRows * sizeof(float));
  kernels_->normalize({.rows = rows.data(),
                       .elements = out.as<char>(),
                       .row_count = kRows,
                       .width = kWidth,
                       .gain = gain.data(),
                       .bias = bias.data(),
                       .epsilon = 1e-3f});
  for (uint32_t r = 0; r < kRows; ++r) {
    double mean = 0, variance = 0;
    for (uint32_t i = 0; i < kWidth; ++i) mean += given[r * kWidth + i] / kWidth;
    for (uint32_t i = 0; i < kWidth; ++i) variance += std::pow(given[r * kWidth + i] - mean, 2) / kWidth;
    for (uint32_t i = 0; i < kWidth; ++i) {
      const double expected = (given[r * kWidth + i] - mean) / std::sqrt(variance + 1e-3) * gain[i] + bias[i];
      ASSERT_NEAR(rows[r * kWidth + i], expected, 1e-5);
      ASSERT_NEAR(element(out.as<char>(), r * kWidth + i), expected, narrow() ? 0.02 : 1e-5);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Each, KernelsOn,
                         ::testing::Values(InstructionSet::kPortable, InstructionSet::kAvx2, InstructionSet::kAvx512,
                                           InstructionSet::kAvx512Bf16, InstructionSet::kAmx));

}  // namespace
}  // namespace custos::model
