// Vectors of length 1 as two planes of int8: a code, and what the code's rounding took away.
//
// Symmetric scalar quantisation, one scale a vector. The code alone is 7 bits and a sign of the largest component, and
// is what a scan reads; with the residual it is 15 bits, more than float16 keeps of most components.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace custos::index {

// 1 / length; none where the length is 0 or not finite.
[[nodiscard]] std::optional<float> inverse_length(std::span<const float> vector);

// Writes vector.size() codes and residuals, and returns the scale. REQUIRES: as many places; inverse_length(vector).
float quantize(std::span<const float> vector, float inverse_length, int8_t* codes, int8_t* residuals);

// A query made ready: as bytes for the scan, as floats for the rest. Both `stride` long, zeros at the end.
struct PreparedQuery {
  PreparedQuery(std::span<const float> query, float inverse_length, uint32_t stride);

  std::vector<float> exact;  // of length 1
  std::vector<int8_t> codes;
  float scale = 0;  // of the codes
  int32_t sum = 0;  // likewise
};

// The sum over both planes times `scale`: the cosine where query and vector have length 1. Its order of additions is
// fixed, so every machine finds the same bits. REQUIRES: stride is a multiple of 8.
[[nodiscard]] float exact_dot(const PreparedQuery& query, const int8_t* codes, const int8_t* residuals, float scale);

}  // namespace custos::index
