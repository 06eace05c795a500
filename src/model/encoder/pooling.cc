#include "model/encoder/pooling.h"

#include <algorithm>
#include <cmath>

namespace custos::model {

Status pool(Pooling pooling, std::span<const float> states, std::span<float> vector) {
  const size_t width = vector.size();
  std::copy_n(states.begin(), width, vector.begin());
  if (pooling == Pooling::kMean) {
    // The sum has the mean's direction.
    for (size_t begin = width; begin < states.size(); begin += width) {
      for (size_t i = 0; i < width; ++i) vector[i] += states[begin + i];
    }
  }
  double square = 0;
  for (const float number : vector) square += static_cast<double>(number) * number;
  const double length = std::sqrt(square);
  if (!std::isfinite(length) || length == 0) {
    return Error{Code::kCorrupt, "the model gives a vector without direction; fetch the model again"};
  }
  for (float& number : vector) number = static_cast<float>(number / length);
  return {};
}

}  // namespace custos::model
