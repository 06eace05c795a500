#include "model/head/loss.h"

#include <algorithm>
#include <cmath>

#include "model/head/descent.h"

namespace custos::model {
namespace {

constexpr double kLeastShare = 1e-30;
constexpr float kLogarithmMax = 7;  // of a factor

double sigmoid_residuals(std::span<const uint32_t> labels, std::span<float> row) {
  double cost = 0;
  for (float& value : row) {
    const double z = value;
    cost += std::max(z, 0.0) + std::log1p(std::exp(-std::abs(z)));
    value = static_cast<float>(1 / (1 + std::exp(-z)));
    if (std::ranges::find(labels, static_cast<uint32_t>(&value - row.data())) != labels.end()) {
      cost -= z;
      value -= 1;
    }
  }
  return cost;
}

// Mean cost of the parts' logits times `factors`; adds the derivative by each factor to `slopes`.
double mixed_loss(const Truth& truth, size_t begin, size_t end, std::span<const std::span<const float>> parts,
                  std::span<const float> factors, std::span<double> slopes) {
  std::vector<float> row(truth.labels);
  double cost = 0;
  for (size_t r = begin; r < end; ++r) {
    const size_t at = (r - begin) * truth.labels;
    std::ranges::fill(row, 0.0f);
    for (size_t p = 0; p < parts.size(); ++p) {
      for (uint32_t c = 0; c < truth.labels; ++c) row[c] += factors[p] * parts[p][at + c];
    }
    cost += to_residuals(truth.multi_label, truth.rows[r], row);
    for (size_t p = 0; p < parts.size(); ++p) slopes[p] += dot(row, parts[p].subspan(at, truth.labels));
  }
  const double scale = 1 / static_cast<double>(end - begin);
  for (double& slope : slopes) slope *= scale;
  return cost * scale;
}

// Factors are searched as their logarithms, so that they stay positive. A normal prior on these keeps the factors
// finite where the parts tell all rows apart.
std::vector<double> least_factors(const Truth& truth, size_t begin, size_t end,
                                  std::span<const std::span<const float>> parts) {
  std::vector<float> logarithms(parts.size(), static_cast<float>(-std::log(parts.size())));
  const double strength = 1 / static_cast<double>(end - begin);
  const auto objective = [&](std::span<const float> x, std::span<float> gradient) {
    std::vector<float> factors;
    for (const float value : x) factors.push_back(std::exp(std::clamp(value, -kLogarithmMax, kLogarithmMax)));
    std::vector<double> slopes(x.size());
    const double cost = mixed_loss(truth, begin, end, parts, factors, slopes);
    double prior = 0;
    for (size_t p = 0; p < x.size(); ++p) {
      prior += strength / 2 * x[p] * x[p];
      gradient[p] = static_cast<float>(slopes[p] * factors[p] + strength * x[p]);
    }
    return cost + prior;
  };
  minimize(objective, {.iterations_max = 60, .gain_min = 1e-7}, {}, logarithms);
  std::vector<double> factors;
  for (const float value : logarithms) factors.push_back(std::exp(std::clamp(value, -kLogarithmMax, kLogarithmMax)));
  return factors;
}

}  // namespace

void to_scores(bool multi_label, std::span<float> row) {
  if (multi_label) {
    for (float& value : row) value = 1 / (1 + std::exp(-value));
    return;
  }
  const float most = std::ranges::max(row);
  double sum = 0;
  for (float& value : row) sum += value = std::exp(value - most);
  for (float& value : row) value = static_cast<float>(value / sum);
}

double to_hinge_residuals(std::span<const uint32_t> labels, std::span<float> row) {
  double cost = 0;
  for (uint32_t label = 0; label < row.size(); ++label) {
    const float side = std::ranges::find(labels, label) != labels.end() ? 1.0f : -1.0f;
    const float short_by = std::max(0.0f, 1 - side * row[label]);
    cost += static_cast<double>(short_by) * short_by;
    row[label] = -2 * side * short_by;
  }
  return cost;
}

double to_residuals(bool multi_label, std::span<const uint32_t> labels, std::span<float> row) {
  if (multi_label) return sigmoid_residuals(labels, row);
  to_scores(false, row);
  float& right = row[labels.front()];
  const double cost = -std::log(std::max<double>(right, kLeastShare));
  right -= 1;
  return cost;
}

double tempered_loss(const Truth& truth, size_t begin, size_t end, std::span<const float> logits) {
  const auto factor = static_cast<float>(least_factors(truth, begin, end, {&logits, 1}).front());
  double slope = 0;
  return mixed_loss(truth, begin, end, {&logits, 1}, {&factor, 1}, {&slope, 1});
}

Mixture fit_factors(const Truth& truth, std::span<const std::vector<float>> parts) {
  const std::vector<std::span<const float>> views(parts.begin(), parts.end());
  Mixture mixture{least_factors(truth, 0, truth.rows.size(), views), 0};
  const std::vector<float> factors(mixture.factors.begin(), mixture.factors.end());
  std::vector<double> slopes(parts.size());
  mixture.loss = mixed_loss(truth, 0, truth.rows.size(), views, factors, slopes);
  return mixture;
}

}  // namespace custos::model
