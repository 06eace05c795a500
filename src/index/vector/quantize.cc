#include "index/vector/quantize.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "index/vector/vector_format.h"

namespace custos::index {
namespace {

constexpr float kCodeMax = 127;

int8_t rounded(float value) { return static_cast<int8_t>(std::rint(std::clamp(value, -kCodeMax, kCodeMax))); }

}  // namespace

std::optional<float> inverse_length(std::span<const float> vector) {
  double squares = 0;
  for (const float value : vector) squares += static_cast<double>(value) * static_cast<double>(value);
  const auto inverse = static_cast<float>(1 / std::sqrt(squares));
  if (!std::isfinite(squares) || !std::isfinite(inverse)) return std::nullopt;
  return inverse;
}

float quantize(std::span<const float> vector, float inverse_length, int8_t* codes, int8_t* residuals) {
  float largest = 0;
  for (const float value : vector) largest = std::max(largest, std::fabs(value * inverse_length));
  const float scale = largest / kCodeMax;
  const float to_code = 1 / scale;
  for (size_t i = 0; i < vector.size(); ++i) {
    const float value = vector[i] * inverse_length * to_code;
    codes[i] = rounded(value);
    residuals[i] = rounded((value - static_cast<float>(codes[i])) / kResidualUnit);
  }
  return scale;
}

PreparedQuery::PreparedQuery(std::span<const float> query, float inverse_length, uint32_t stride)
    : exact(stride), codes(stride) {
  std::vector<int8_t> residuals(query.size());
  scale = quantize(query, inverse_length, codes.data(), residuals.data());
  for (size_t i = 0; i < query.size(); ++i) exact[i] = query[i] * inverse_length;
  for (const int8_t code : codes) sum += code;
}

float exact_dot(const PreparedQuery& query, const int8_t* codes, const int8_t* residuals, float scale) {
  constexpr size_t kLanes = 8;
  std::array<float, kLanes> sums{};
  for (size_t at = 0; at < query.exact.size(); at += kLanes) {
    for (size_t lane = 0; lane < kLanes; ++lane) {
      const float value =
          static_cast<float>(codes[at + lane]) + static_cast<float>(residuals[at + lane]) * kResidualUnit;
      sums[lane] += query.exact[at + lane] * value;
    }
  }
  return (((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]))) * scale;
}

}  // namespace custos::index
