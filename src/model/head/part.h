// One of the two linear models a head is the sum of: its logits for rows of training texts, and how it is fitted.
// Private to model/.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

#include "model/encoder/kernel.h"
#include "model/head/features.h"
#include "model/head/loss.h"

namespace custos::model {

// Rows that a fit does not see.
struct HeldBack {
  size_t begin = 0, end = 0;
  [[nodiscard]] bool has(size_t row) const { return row >= begin && row < end; }
};

// Immutable and thread-safe.
class Part {
 public:
  explicit Part(const Truth& truth) : truth_(truth) {}
  virtual ~Part() = default;
  // Weights and, as the last `labels` numbers, a bias a label.
  [[nodiscard]] virtual size_t numbers() const = 0;
  // Fits x from where it is: mean cost over the rows that are not held back, plus decay / 2 × the weights' square.
  void fit(const HeldBack& held_back, double decay, std::stop_token stop, std::vector<float>& x) const;
  // labels logits for each row from `begin` to `end`.
  [[nodiscard]] virtual std::vector<float> logits(std::span<const float> x, size_t begin, size_t end) const = 0;

 protected:
  // Adds to the gradient the residuals' products with the features; gives the sum of costs. The gradient is zero
  // before.
  virtual double add_costs(const HeldBack& held_back, double scale, std::span<const float> x,
                           std::span<float> gradient) const = 0;
  [[nodiscard]] const Truth& truth() const { return truth_; }

 private:
  const Truth& truth_;
};

// Over dense rows, all features brought to mean 0 and deviation 1. Weights are labels × width.
class DensePart final : public Part {
 public:
  // Reads the first `width` numbers of each row. Keeps a reference to both.
  DensePart(const Truth& truth, const std::vector<float>& rows, uint32_t row_floats, uint32_t width);
  [[nodiscard]] size_t numbers() const override { return size_t{truth().labels} * (width_ + 1); }
  [[nodiscard]] std::vector<float> logits(std::span<const float> x, size_t begin, size_t end) const override;

 private:
  struct Packed;
  [[nodiscard]] Packed pack(std::span<const float> x) const;
  void multiply(const Packed& weights, size_t begin, size_t count, float* out) const;
  double add_costs(const HeldBack& held_back, double scale, std::span<const float> x,
                   std::span<float> gradient) const override;

  const std::vector<float>& rows_;
  uint32_t row_floats_, width_;
  const Kernels& kernels_;
};

// Over sparse rows. Weights are used buckets × labels.
class NgramPart final : public Part {
 public:
  NgramPart(const Truth& truth, const std::vector<SparseRow>& rows, uint32_t buckets);
  // The same rows, fitted by another loss.
  NgramPart(const NgramPart& other, Loss loss) : NgramPart(other) { loss_ = loss; }
  [[nodiscard]] size_t numbers() const override { return (used_.size() + 1) * truth().labels; }
  // The buckets that occur, in rising order: bucket used()[i] has the weights i.
  [[nodiscard]] const std::vector<uint32_t>& used() const { return used_; }
  [[nodiscard]] std::vector<float> logits(std::span<const float> x, size_t begin, size_t end) const override;

 private:
  void add_logits(std::span<const float> x, size_t row, std::span<float> out) const;
  double add_costs(const HeldBack& held_back, double scale, std::span<const float> x,
                   std::span<float> gradient) const override;

  Loss loss_ = Loss::kCrossEntropy;
  std::vector<uint32_t> used_;
  std::vector<size_t> begins_;    // of each row in the two below, and the end
  std::vector<uint32_t> places_;  // in used_
  std::vector<float> values_;
};

// The best kernels of this machine whose elements are floats. The same bits with AVX2 and AVX-512.
[[nodiscard]] const Kernels& float_kernels();

}  // namespace custos::model
