#include "model/head/part.h"

#include <algorithm>

#include "model/encoder/aligned_buffer.h"
#include "model/encoder/packing.h"
#include "model/head/descent.h"

namespace custos::model {
namespace {

constexpr uint32_t kBlockRows = 256;  // of dense rows that are multiplied at once

}  // namespace

const Kernels& float_kernels() {
  for (const InstructionSet set : {InstructionSet::kAvx512, InstructionSet::kAvx2}) {
    if (const Kernels* kernels = find_kernels(set)) return *kernels;
  }
  return portable_kernels();
}

void Part::fit(const HeldBack& held_back, double decay, std::stop_token stop, std::vector<float>& x) const {
  const double scale = 1 / static_cast<double>(truth_.rows.size() - (held_back.end - held_back.begin));
  const size_t weights = numbers() - truth_.labels;
  const auto objective = [&](std::span<const float> at, std::span<float> gradient) {
    std::ranges::fill(gradient, 0.0f);
    const double cost = add_costs(held_back, scale, at, gradient) * scale;
    const auto strength = static_cast<float>(decay);
    for (size_t i = 0; i < weights; ++i) gradient[i] += strength * at[i];
    const auto decayed = at.first(weights);
    return cost + decay / 2 * dot(decayed, decayed);
  };
  minimize(objective, {}, stop, x);
}

struct DensePart::Packed {
  AlignedBuffer panels, bias;
};

DensePart::DensePart(const Truth& truth, const std::vector<float>& rows, uint32_t row_floats, uint32_t width)
    : Part(truth), rows_(rows), row_floats_(row_floats), width_(width), kernels_(float_kernels()) {}

DensePart::Packed DensePart::pack(std::span<const float> x) const {
  const uint32_t labels = truth().labels, columns = kernels_.panel_columns;
  Packed packed;
  packed.panels.reserve(packed_words(labels, width_, columns) * sizeof(uint32_t));
  pack_rows(x.data(), width_ * sizeof(float), labels, width_, columns, packed.panels.as<uint32_t>());
  packed.bias.reserve(packed_words(labels, 1, columns) * sizeof(float));
  std::ranges::copy(x.last(labels), packed.bias.as<float>());
  return packed;
}

void DensePart::multiply(const Packed& weights, size_t begin, size_t count, float* out) const {
  kernels_.multiply({.rows = rows_.data() + begin * row_floats_,
                     .row_bytes = row_floats_ * sizeof(float),
                     .row_count = static_cast<uint32_t>(count),
                     .panels = weights.panels.as<uint32_t>(),
                     .words = width_,
                     .columns = truth().labels,
                     .bias = weights.bias.as<float>(),
                     .out = out,
                     .out_bytes = truth().labels * sizeof(float)});
}

std::vector<float> DensePart::logits(std::span<const float> x, size_t begin, size_t end) const {
  std::vector<float> out((end - begin) * truth().labels);
  const Packed packed = pack(x);
  for (size_t row = begin; row < end; row += kBlockRows) {
    multiply(packed, row, std::min<size_t>(kBlockRows, end - row), out.data() + (row - begin) * truth().labels);
  }
  return out;
}

double DensePart::add_costs(const HeldBack& held_back, double scale, std::span<const float> x,
                            std::span<float> gradient) const {
  const uint32_t labels = truth().labels;
  const Packed packed = pack(x);
  AlignedBuffer panels(packed_words(width_, kBlockRows, kernels_.panel_columns) * sizeof(uint32_t));
  std::vector<float> block(size_t{kBlockRows} * labels), turned(block.size());
  double cost = 0;
  for (size_t begin = 0; begin < truth().rows.size(); begin += kBlockRows) {
    const size_t count = std::min<size_t>(kBlockRows, truth().rows.size() - begin);
    if (held_back.has(begin) && held_back.has(begin + count - 1)) continue;
    multiply(packed, begin, count, block.data());
    std::ranges::fill(turned, 0.0f);
    for (size_t r = 0; r < count; ++r) {
      if (held_back.has(begin + r)) continue;
      const std::span<float> row = std::span(block).subspan(r * labels, labels);
      cost += to_residuals(truth().multi_label, truth().rows[begin + r], row);
      for (uint32_t c = 0; c < labels; ++c) {
        const float residual = row[c] * static_cast<float>(scale);
        turned[size_t{c} * kBlockRows + r] = residual;
        gradient[size_t{labels} * width_ + c] += residual;
      }
    }
    pack_columns(rows_.data() + begin * row_floats_, row_floats_ * sizeof(float), static_cast<uint32_t>(count), width_,
                 sizeof(float), kBlockRows, kernels_.panel_columns, panels.as<uint32_t>());
    kernels_.multiply({.rows = turned.data(),
                       .row_bytes = kBlockRows * sizeof(float),
                       .row_count = labels,
                       .panels = panels.as<uint32_t>(),
                       .words = kBlockRows,
                       .columns = width_,
                       .output = Output::kAddToFloats,
                       .out = gradient.data(),
                       .out_bytes = width_ * sizeof(float)});
  }
  return cost;
}

NgramPart::NgramPart(const Truth& truth, const std::vector<SparseRow>& rows, uint32_t buckets) : Part(truth) {
  std::vector<uint32_t> place(buckets);
  for (const SparseRow& row : rows) {
    for (const uint32_t bucket : row.buckets) place[bucket] = 1;
  }
  for (uint32_t bucket = 0; bucket < buckets; ++bucket) {
    if (place[bucket] == 0) continue;
    place[bucket] = static_cast<uint32_t>(used_.size());
    used_.push_back(bucket);
  }
  begins_.push_back(0);
  for (const SparseRow& row : rows) {
    for (const uint32_t bucket : row.buckets) places_.push_back(place[bucket]);
    values_.insert(values_.end(), row.values.begin(), row.values.end());
    begins_.push_back(places_.size());
  }
}

void NgramPart::add_logits(std::span<const float> x, size_t row, std::span<float> out) const {
  const size_t labels = out.size();
  for (size_t i = begins_[row]; i < begins_[row + 1]; ++i) {
    const float* const weights = x.data() + places_[i] * labels;
    for (size_t c = 0; c < labels; ++c) out[c] += values_[i] * weights[c];
  }
}

std::vector<float> NgramPart::logits(std::span<const float> x, size_t begin, size_t end) const {
  const size_t labels = truth().labels;
  std::vector<float> out((end - begin) * labels);
  for (size_t row = begin; row < end; ++row) {
    const auto to = std::span(out).subspan((row - begin) * labels, labels);
    std::ranges::copy(x.last(labels), to.begin());
    add_logits(x, row, to);
  }
  return out;
}

double NgramPart::add_costs(const HeldBack& held_back, double scale, std::span<const float> x,
                            std::span<float> gradient) const {
  const size_t labels = truth().labels;
  std::vector<float> row(labels);
  double cost = 0;
  for (size_t r = 0; r < truth().rows.size(); ++r) {
    if (held_back.has(r)) continue;
    std::ranges::copy(x.last(labels), row.begin());
    add_logits(x, r, row);
    cost += loss_ == Loss::kSquaredHinge ? to_hinge_residuals(truth().rows[r], row)
                                         : to_residuals(truth().multi_label, truth().rows[r], row);
    for (float& value : row) value *= static_cast<float>(scale);
    for (size_t i = begins_[r]; i < begins_[r + 1]; ++i) {
      float* const to = gradient.data() + places_[i] * labels;
      for (size_t c = 0; c < labels; ++c) to[c] += values_[i] * row[c];
    }
    for (size_t c = 0; c < labels; ++c) gradient[gradient.size() - labels + c] += row[c];
  }
  return cost;
}

}  // namespace custos::model
