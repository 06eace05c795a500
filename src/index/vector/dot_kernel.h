// Dot products of int8 codes, by the instructions that the machine has. All give the same integers.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "index/vector/quantize.h"

namespace custos::index {

// dots[i] = query.codes · (codes + which[i] * stride), stride = query.codes.size(), a multiple of 64 and at most 4096.
// REQUIRES: query codes are not -128; `dots` is as long as `which`.
using DotKernel = void (*)(const PreparedQuery& query, const int8_t* codes, std::span<const uint32_t> which,
                           int32_t* dots);

struct NamedKernel {
  std::string_view name;  // "avx512vnni", "avx512bw", "avx2", "plain"
  DotKernel dots = nullptr;
  bool supported = false;  // by this machine
};

// Fastest first; the last one runs anywhere.
[[nodiscard]] std::span<const NamedKernel> dot_kernels();
[[nodiscard]] const NamedKernel& fastest_dot_kernel();

}  // namespace custos::index
