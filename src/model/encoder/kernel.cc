#include "model/encoder/kernel.h"

namespace custos::model {
namespace {

bool has_avx2() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }

bool has_avx512() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
}

bool has_avx512_bf16() { return has_avx512() && __builtin_cpu_supports("avx512bf16"); }

const Kernels* best_kernels() {
  if (has_avx512_bf16()) return &avx512_bf16_kernels();
  if (has_avx512()) return &avx512_kernels();
  if (has_avx2()) return &avx2_kernels();
  return &portable_kernels();
}

}  // namespace

const Kernels* find_kernels(InstructionSet wanted) {
  switch (wanted) {
    case InstructionSet::kBest:
      return best_kernels();
    case InstructionSet::kPortable:
      return &portable_kernels();
    case InstructionSet::kAvx2:
      return has_avx2() ? &avx2_kernels() : nullptr;
    case InstructionSet::kAvx512:
      return has_avx512() ? &avx512_kernels() : nullptr;
    case InstructionSet::kAvx512Bf16:
      return has_avx512_bf16() ? &avx512_bf16_kernels() : nullptr;
    case InstructionSet::kAmx:
      return nullptr;
  }
  return nullptr;
}

}  // namespace custos::model
