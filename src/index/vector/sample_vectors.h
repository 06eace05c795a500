// Made vectors and files of them, for the tests of vector files.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <memory>
#include <random>
#include <string_view>
#include <vector>

#include "index/vector_file.h"

namespace custos::index {

struct SampleVectors {
  uint32_t width = 0;
  std::vector<std::vector<float>> vectors;
  std::vector<uint32_t> rows;  // of each vector

  [[nodiscard]] uint32_t rows_end() const { return rows.empty() ? 0 : rows.back() + 1; }
};

inline std::vector<float> unit_vector(uint32_t width, std::mt19937& dice, const std::vector<float>* near = nullptr) {
  std::normal_distribution<float> normal;
  std::vector<float> vector(width);
  double squares = 0;
  for (uint32_t i = 0; i < width; ++i) {
    vector[i] = normal(dice) + (near == nullptr ? 0 : (*near)[i] * std::sqrt(static_cast<float>(width)));
    squares += static_cast<double>(vector[i]) * static_cast<double>(vector[i]);
  }
  for (float& value : vector) value /= static_cast<float>(std::sqrt(squares));
  return vector;
}

// Around some centres, as texts lie around subjects; up to three vectors a row, some rows without any.
inline SampleVectors sample_vectors(uint32_t count, uint32_t width, std::mt19937& dice) {
  SampleVectors sample{width, {}, {}};
  std::vector<std::vector<float>> centres;
  for (int i = 0; i < 20; ++i) centres.push_back(unit_vector(width, dice));
  uint32_t row = 0;
  while (sample.vectors.size() < count) {
    const uint32_t chunks = std::min<uint32_t>(dice() % 4, count - static_cast<uint32_t>(sample.vectors.size()));
    for (uint32_t i = 0; i < chunks; ++i) {
      sample.vectors.push_back(unit_vector(width, dice, &centres[dice() % centres.size()]));
      sample.rows.push_back(row);
    }
    ++row;
  }
  return sample;
}

inline void write_sample(const std::filesystem::path& path, const SampleVectors& sample,
                         std::string_view model = "m1") {
  auto writer = VectorWriter::create(path, sample.width, model);
  ASSERT_TRUE(writer.ok()) << writer.error().message;
  for (size_t i = 0; i < sample.vectors.size(); ++i) {
    const Status status = (*writer)->append(sample.vectors[i], sample.rows[i]);
    ASSERT_TRUE(status.ok()) << status.error().message;
  }
  const Status status = (*writer)->finish();
  ASSERT_TRUE(status.ok()) << status.error().message;
}

}  // namespace custos::index
