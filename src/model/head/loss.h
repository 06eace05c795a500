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
// The cost of a row (cross entropy, natural logarithm), whose logits become its derivative by them.
double to_residuals(bool multi_label, std::span<const uint32_t> labels, std::span<float> row);

// Mean cost of logits for the rows [begin, end) of `truth`, times the factor that makes it least; logits.front() is of
// row `begin`.
[[nodiscard]] double tempered_loss(const Truth& truth, size_t begin, size_t end, std::span<const float> logits);

// factors[p] ≥ 0: the weighted sum of the parts' logits whose cost is least over all rows.
[[nodiscard]] std::vector<double> fit_factors(const Truth& truth, std::span<const std::vector<float>> parts);

}  // namespace custos::model
