// Many patterns merged into one machine that only tells digits, letters and signs apart.
//
// Patterns of identifiers differ in the value of a digit far less than in where digits, letters and separators stand.
// Taking every digit for one class, and the capital and the small letters for one each, leaves about twenty classes and
// few thousand states, where an exact machine has millions. What it finds is checked with the exact pattern.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <vector>

#include "stage/redact/scan/pattern_syntax.h"

namespace custos::stage {

// Thompson's construction. Immutable.
class ShapeProgram {
 public:
  static constexpr size_t kClassesMax = 96;
  using StateSet = std::vector<uint32_t>;  // ascending numbers of instructions

  struct Entry {
    uint32_t id;
    PatternNode root;  // no endless repeats
  };

  explicit ShapeProgram(const std::vector<Entry>& entries);

  [[nodiscard]] bool empty() const { return starts_.empty(); }
  [[nodiscard]] uint32_t class_count() const { return class_count_; }
  [[nodiscard]] const std::array<uint8_t, 256>& classes() const { return classes_; }
  [[nodiscard]] uint32_t text_begin_class() const { return class_count_ - 2; }
  [[nodiscard]] uint32_t text_end_class() const { return class_count_ - 1; }

  [[nodiscard]] StateSet start() const { return closure(starts_); }
  [[nodiscard]] StateSet step(const StateSet& set, uint32_t byte_class) const;
  // The patterns that match where the machine is in `set`, ascending.
  [[nodiscard]] std::vector<uint32_t> accepted(const StateSet& set) const;

 private:
  using ClassSet = std::bitset<kClassesMax>;
  enum class Operation : uint8_t { kClasses, kSplit, kAccept };

  // kClasses goes on to `next`, kSplit to `next` and `other`, kAccept has the pattern in `next`.
  struct Instruction {
    Operation operation;
    uint32_t next;
    uint32_t other;
    ClassSet classes;
  };

  void assign_classes(const std::vector<Entry>& entries);
  // The first instruction of what matches `node` and then goes on at `next`.
  uint32_t add(const PatternNode& node, uint32_t next);
  uint32_t add_repeat(const PatternNode& node, uint32_t next);
  uint32_t add(Instruction instruction);
  [[nodiscard]] ClassSet classes_of(const ByteSet& bytes) const;
  [[nodiscard]] StateSet closure(std::vector<uint32_t> pending) const;

  std::array<uint8_t, 256> classes_{};
  uint32_t class_count_ = 0;
  std::vector<Instruction> instructions_;
  std::vector<uint32_t> starts_;
};

// Whether the classes of ShapeProgram say all there is to say of the bytes of `node`.
[[nodiscard]] bool is_told_by_shape(const PatternNode& node);

}  // namespace custos::stage
