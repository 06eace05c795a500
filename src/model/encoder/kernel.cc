#include "model/encoder/kernel.h"

#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace custos::model {
namespace {

bool has_avx2() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }

bool has_avx512() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
}

bool has_avx512_bf16() { return has_avx512() && __builtin_cpu_supports("avx512bf16"); }

// Linux lets a process use the tiles' registers once it has asked for them (Documentation/arch/x86/xstate.rst).
bool may_use_tiles() {
  constexpr long kRequestPermission = 0x1023, kTileData = 18;  // ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA
  return syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
}

bool has_amx() {
  constexpr uint32_t kBf16 = 1u << 22, kTile = 1u << 24;  // of CPUID 7.0, EDX; clang 14 has no names for them
  static const bool has = [] {
    uint32_t a, b, c, d = 0;
    return has_avx512_bf16() && __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (d & kBf16) != 0 && (d & kTile) != 0 &&
           may_use_tiles();
  }();
  return has;
}

const Kernels* best_kernels() {
  if (has_amx()) return &amx_kernels();
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
      return has_amx() ? &amx_kernels() : nullptr;
  }
  return nullptr;
}

}  // namespace custos::model
