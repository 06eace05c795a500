// From the hidden states of a text's tokens to its vector.
//
// Reimers and Gurevych, "Sentence-BERT" (2019), section 3.
#pragma once

#include <cstdint>
#include <span>

#include "base/result.h"
#include "model/encoder.h"

namespace custos::model {

// Writes a vector of length 1. `states`: tokens × vector.size() numbers. kCorrupt where it has no direction, which the
// weights are to blame for.
[[nodiscard]] Status pool(Pooling pooling, std::span<const float> states, std::span<float> vector);

}  // namespace custos::model
