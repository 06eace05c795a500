// Typical places of each label among the vectors of texts, and how near a text is to them: what tells many labels with
// few texts apart where no plane does. Private to model/.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/encoder/linear.h"
#include "model/head/part.h"

namespace custos::model {

// Rows of length 1: each row of `rows`, row_floats apart, less middle, times scale. middle and scale may be empty.
[[nodiscard]] std::vector<float> unit_rows(std::span<const float> rows, size_t row_floats,
                                           std::span<const float> middle, std::span<const float> scale, size_t width);

struct Prototypes {
  std::vector<float> vectors;    // label after label, each of length 1
  std::vector<uint32_t> counts;  // of each label
};
// Centres of clusters (k-means on the sphere) of the rows that are not held back.
[[nodiscard]] Prototypes find_prototypes(const Truth& truth, std::span<const float> units, uint32_t width,
                                         const HeldBack& held_back);

// Immutable and thread-safe.
class Nearness {
 public:
  Nearness(std::span<const float> vectors, std::vector<uint32_t> counts, uint32_t width);
  // Adds factor × log of the sum over a label's prototypes of exp(sharpness × (cosine − the highest cosine)) to
  // rows × labels logits. With the highest one's label as 0, none is below log 1e-6.
  void add_logits(std::span<const float> units, float sharpness, float factor, std::span<float> logits) const;

 private:
  Linear vectors_;
  std::vector<uint32_t> counts_;
  uint32_t width_;
};

}  // namespace custos::model
