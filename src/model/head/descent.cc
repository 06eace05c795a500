#include "model/head/descent.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <deque>

namespace custos::model {
namespace {

struct Pair {
  std::vector<float> step, change;
  double inverse = 0;  // 1 / (step · change)
};

void add_scaled(std::vector<float>& to, double factor, std::span<const float> from) {
  const auto f = static_cast<float>(factor);
  for (size_t i = 0; i < to.size(); ++i) to[i] += f * from[i];
}

// The two-loop recursion: minus the gradient times the approximate inverse of the second derivative.
std::vector<float> direction(const std::deque<Pair>& pairs, std::span<const float> gradient) {
  std::vector<float> d(gradient.size());
  std::ranges::transform(gradient, d.begin(), [](float g) { return -g; });
  std::vector<double> shares(pairs.size());
  for (size_t i = pairs.size(); i-- > 0;) {
    shares[i] = pairs[i].inverse * dot(pairs[i].step, d);
    add_scaled(d, -shares[i], pairs[i].change);
  }
  if (!pairs.empty()) {
    const Pair& last = pairs.back();
    const auto scale = static_cast<float>(1 / (last.inverse * dot(last.change, last.change)));
    for (float& value : d) value *= scale;
  }
  for (size_t i = 0; i < pairs.size(); ++i) {
    add_scaled(d, shares[i] - pairs[i].inverse * dot(pairs[i].change, d), pairs[i].step);
  }
  return d;
}

struct Point {
  std::vector<float> x, gradient;
  double value = 0;
};

// A point that is lower by a share of what the slope promises, and where the slope has become flatter. False where
// none is found: the numbers' precision is reached.
bool search_line(const Objective& objective, const Point& from, std::span<const float> along, double step, Point& to) {
  constexpr double kDecrease = 1e-4, kFlatter = 0.9;
  constexpr int kTriesMax = 25;
  const double slope = dot(from.gradient, along);
  if (!(slope < 0)) return false;
  double low = 0, high = INFINITY;
  for (int i = 0; i < kTriesMax; ++i) {
    to.x = from.x;
    add_scaled(to.x, step, along);
    to.value = objective(to.x, to.gradient);
    if (!(to.value <= from.value + kDecrease * step * slope)) {
      high = step;
    } else if (dot(to.gradient, along) < kFlatter * slope) {
      low = step;
    } else {
      return true;
    }
    step = std::isinf(high) ? 2 * low : (low + high) / 2;
  }
  return to.value < from.value;
}

}  // namespace

double dot(std::span<const float> a, std::span<const float> b) {
  assert(a.size() == b.size());
  double sums[4] = {};
  size_t i = 0;
  for (; i + 4 <= a.size(); i += 4) {
    for (size_t k = 0; k < 4; ++k) sums[k] += static_cast<double>(a[i + k]) * b[i + k];
  }
  for (; i < a.size(); ++i) sums[0] += static_cast<double>(a[i]) * b[i];
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

void minimize(const Objective& objective, const DescentOptions& options, std::stop_token stop, std::vector<float>& x) {
  Point at{x, std::vector<float>(x.size())}, next{{}, std::vector<float>(x.size())};
  at.value = objective(at.x, at.gradient);
  std::deque<Pair> pairs;
  for (uint32_t i = 0; i < options.iterations_max && !stop.stop_requested(); ++i) {
    const double length = std::sqrt(dot(at.gradient, at.gradient));
    if (length == 0) break;
    const double step = pairs.empty() ? std::min(1.0, 1 / length) : 1.0;
    if (!search_line(objective, at, direction(pairs, at.gradient), step, next)) break;
    const double gain = at.value - next.value;
    Pair pair{next.x, next.gradient};
    add_scaled(pair.step, -1, at.x);
    add_scaled(pair.change, -1, at.gradient);
    const double curvature = dot(pair.step, pair.change);
    std::swap(at, next);
    if (gain <= options.gain_min * std::max(std::abs(at.value), 1e-6)) break;
    if (curvature <= 0) continue;
    pair.inverse = 1 / curvature;
    pairs.push_back(std::move(pair));
    if (pairs.size() > options.memory) pairs.pop_front();
  }
  x = std::move(at.x);
}

}  // namespace custos::model
