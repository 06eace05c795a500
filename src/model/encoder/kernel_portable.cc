// For any machine: vectors of four floats that the compiler turns into what the build's target has.
#include "model/encoder/kernel_template.h"

namespace custos::model {
namespace {

struct Portable {
  typedef float Vector __attribute__((vector_size(16)));
  typedef int32_t Integers __attribute__((vector_size(16)));
  using Words = Vector;
  using Element = float;
  static constexpr InstructionSet kInstructions = InstructionSet::kPortable;
  static constexpr uint32_t kLanes = 4;
  static constexpr int kRows = 6, kPanelVectors = 2;

  static Vector all(float x) { return Vector{x, x, x, x}; }
  static Vector load(const float* from) {
    Vector x;
    std::memcpy(&x, from, sizeof x);
    return x;
  }
  static void store(float* to, Vector x) { std::memcpy(to, &x, sizeof x); }
  static void store_elements(float* to, Vector x) { store(to, x); }
  static Words load_words(const uint32_t* from) {
    Words x;
    std::memcpy(&x, from, sizeof x);
    return x;
  }
  static Words all_words(const char* from) {
    float x;
    std::memcpy(&x, from, sizeof x);
    return all(x);
  }
  static Vector dot(Words a, Words b, Vector sum) { return sum + a * b; }
  static Vector add(Vector a, Vector b) { return a + b; }
  static Vector subtract(Vector a, Vector b) { return a - b; }
  static Vector multiply(Vector a, Vector b) { return a * b; }
  static Vector divide(Vector a, Vector b) { return a / b; }
  static Vector multiply_add(Vector a, Vector b, Vector c) { return a * b + c; }
  static Vector maximum(Vector a, Vector b) { return a > b ? a : b; }
  static Vector minimum(Vector a, Vector b) { return a < b ? a : b; }
  static Vector scale_by_power(Vector x, Vector shifted) {
    Integers bits, power;
    std::memcpy(&bits, &x, sizeof bits);
    std::memcpy(&power, &shifted, sizeof power);
    typedef uint32_t Unsigned __attribute__((vector_size(16)));
    const Unsigned sum = (Unsigned)bits + ((Unsigned)power << 23);
    std::memcpy(&x, &sum, sizeof x);
    return x;
  }
  static float total(Vector x) { return (x[0] + x[2]) + (x[1] + x[3]); }
  static float greatest(Vector x) { return std::max(std::max(x[0], x[1]), std::max(x[2], x[3])); }
};

constexpr Kernels kKernels = KernelsOf<Portable>::table();

}  // namespace

const Kernels& portable_kernels() { return kKernels; }

}  // namespace custos::model
