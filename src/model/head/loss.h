// What a wrong score costs, and the calibration that makes scores mean what they say. Private to model/.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace custos::model {

// The labels of each row; rows are sorted by fold, so that what is held back is a range.
struct Truth {
  uint32_t labels = 0;
  bool multi_label = false;
  std::vector<std::vector<uint32_t>> rows;
};

// Logits become scores: shares that add up to 1, or one score a label.
void to_scores(bool multi_label, std::span<float> row);
// Cross entropy makes logits that are probabilities' logarithms; the squared hinge, one label against the rest, only
// looks at rows near the border, which is often better where features are many and rows are few.
enum class Loss : uint8_t { kCrossEntropy, kSquaredHinge };
// The sum over labels of max(0, 1 − logit)², or of 1 + logit where the label is not the row's; the row becomes its
// derivative.
double to_hinge_residuals(std::span<const uint32_t> labels, std::span<float> row);
// The cost of a row (cross entropy, natural logarithm), whose logits become its derivative by them.
double to_residuals(bool multi_label, std::span<const uint32_t> labels, std::span<float> row);

// Mean cost of logits for the rows [begin, end) of `truth`, times the factor that makes it least; logits.front() is of
// row `begin`.
[[nodiscard]] double tempered_loss(const Truth& truth, size_t begin, size_t end, std::span<const float> logits);

// factors[p] ≥ 0: the weighted sum of the parts' logits whose mean cost, `loss`, is least over all rows.
struct Mixture {
  std::vector<double> factors;
  double loss = 0;
};
[[nodiscard]] Mixture fit_factors(const Truth& truth, std::span<const std::vector<float>> parts);

}  // namespace custos::model
