// Minimises a smooth convex function of many numbers. Private to model/.
//
// Nocedal and Wright, "Numerical Optimization" (2006), algorithm 7.5 (L-BFGS); Lewis and Overton, "Nonsmooth
// optimization via quasi-Newton methods" (2013), for the line search.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <vector>

namespace custos::model {

// The value at x; fills the gradient, which has the size of x.
using Objective = std::function<double(std::span<const float> x, std::span<float> gradient)>;

struct DescentOptions {
  uint32_t iterations_max = 150;
  double gain_min = 1e-5;  // ends when a step gains less, as a share of the value
  uint32_t memory = 6;     // pairs of steps and changes of the gradient
};

// Goes down from x. The same x and objective give the same bits. Ends early, wherever it is, when stop is requested.
void minimize(const Objective& objective, const DescentOptions& options, std::stop_token stop, std::vector<float>& x);

// In double, in a fixed order.
[[nodiscard]] double dot(std::span<const float> a, std::span<const float> b);

}  // namespace custos::model
