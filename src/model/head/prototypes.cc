#include "model/head/prototypes.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace custos::model {
namespace {

constexpr uint32_t kCountMax = 20;  // of one label
constexpr size_t kTextsEach = 3;    // at least
constexpr int kRounds = 12;
constexpr double kLeastShare = 1e-6;

void to_unit(std::span<float> row) {
  double square = 0;
  for (const float value : row) square += static_cast<double>(value) * value;
  const auto scale = static_cast<float>(1 / std::sqrt(std::max(square, 1e-30)));
  for (float& value : row) value *= scale;
}

std::vector<float> cosines(std::span<const float> vectors, std::span<const float> rows, uint32_t width) {
  const Linear linear(float_kernels(), vectors, {}, width);
  std::vector<float> out(rows.size() / width * (vectors.size() / width));
  linear.run(rows.data(), static_cast<uint32_t>(rows.size() / width), Activation::kNone, Output::kFloats, out.data());
  return out;
}

// Begins with rows that are spread evenly over the given ones, which come in the order of a hash.
std::vector<float> cluster(std::span<const float> rows, uint32_t count, uint32_t width) {
  const size_t total = rows.size() / width;
  std::vector<float> centres;
  for (uint32_t i = 0; i < count; ++i) {
    const auto row = rows.subspan(i * total / count * width, width);
    centres.insert(centres.end(), row.begin(), row.end());
  }
  for (int round = 0; round < kRounds; ++round) {
    const std::vector<float> near = cosines(centres, rows, width);
    std::vector<float> sums(centres.size());
    for (size_t row = 0; row < total; ++row) {
      const auto own = std::span(near).subspan(row * count, count);
      const size_t best = std::ranges::max_element(own) - own.begin();
      for (uint32_t i = 0; i < width; ++i) sums[best * width + i] += rows[row * width + i];
    }
    for (uint32_t centre = 0; centre < count; ++centre) {
      const auto sum = std::span(sums).subspan(size_t{centre} * width, width);
      if (std::ranges::all_of(sum, [](float value) { return value == 0; })) continue;  // it lost all: it stays
      to_unit(sum);
      std::ranges::copy(sum, centres.begin() + size_t{centre} * width);
    }
  }
  return centres;
}

}  // namespace

std::vector<float> unit_rows(std::span<const float> rows, size_t row_floats, std::span<const float> middle,
                             std::span<const float> scale, size_t width) {
  std::vector<float> units;
  for (size_t begin = 0; begin < rows.size(); begin += row_floats) {
    const auto row = rows.subspan(begin, width);
    units.insert(units.end(), row.begin(), row.end());
    const auto unit = std::span(units).last(width);
    for (size_t i = 0; i < middle.size(); ++i) unit[i] = (unit[i] - middle[i]) * scale[i];
    to_unit(unit);
  }
  return units;
}

Prototypes find_prototypes(const Truth& truth, std::span<const float> units, uint32_t width,
                           const HeldBack& held_back) {
  std::vector<std::vector<float>> of_label(truth.labels);
  for (size_t row = 0; row < truth.rows.size(); ++row) {
    if (held_back.has(row)) continue;
    std::vector<float>& own = of_label[truth.rows[row].front()];
    const auto unit = units.subspan(row * width, width);
    own.insert(own.end(), unit.begin(), unit.end());
  }
  Prototypes prototypes;
  for (const std::vector<float>& rows : of_label) {
    const size_t texts = rows.size() / width;
    const auto count = static_cast<uint32_t>(std::min<size_t>(kCountMax, (texts + kTextsEach - 1) / kTextsEach));
    prototypes.counts.push_back(count);
    if (count == 0) continue;
    const std::vector<float> centres = cluster(rows, count, width);
    prototypes.vectors.insert(prototypes.vectors.end(), centres.begin(), centres.end());
  }
  return prototypes;
}

Nearness::Nearness(std::span<const float> vectors, std::vector<uint32_t> counts, uint32_t width)
    : vectors_(float_kernels(), vectors, {}, width), counts_(std::move(counts)), width_(width) {}

void Nearness::add_logits(std::span<const float> units, float sharpness, float factor, std::span<float> logits) const {
  const size_t rows = units.size() / width_, count = std::accumulate(counts_.begin(), counts_.end(), size_t{0});
  std::vector<float> near(rows * count);
  vectors_.run(units.data(), static_cast<uint32_t>(rows), Activation::kNone, Output::kFloats, near.data());
  for (size_t row = 0; row < rows; ++row) {
    const float* at = near.data() + row * count;
    const float most = *std::max_element(at, at + count);
    for (size_t label = 0; label < counts_.size(); ++label) {
      float sum = 0;
      for (uint32_t i = 0; i < counts_[label]; ++i) sum += std::exp(sharpness * (*at++ - most));
      logits[row * counts_.size() + label] += factor * static_cast<float>(std::log(sum + kLeastShare));
    }
  }
}

}  // namespace custos::model
