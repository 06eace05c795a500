// The states of a ShapeProgram, made as texts reach them.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "stage/redact/scan/shape_program.h"

namespace custos::stage {

// For one thread. Holds at most kStatesMax states and what one run adds (some 3 MB), then begins anew.
class ShapeAutomaton {
 public:
  static constexpr uint32_t kStatesMax = 16384;
  static constexpr uint32_t kDead = 0;  // no pattern can match any more

  explicit ShapeAutomaton(std::shared_ptr<const ShapeProgram> program);

  [[nodiscard]] const ShapeProgram& program() const { return *program_; }

  // Call before each run: drops all states when there are too many.
  uint32_t start() {
    if (accepted_.size() > kStatesMax) clear();
    return kStart;
  }
  uint32_t next(uint32_t state, uint32_t byte_class) {
    const uint32_t known = table_[size_t{state} * class_count_ + byte_class];
    return known != kUnknown ? known : make_next(state, byte_class);
  }
  // The patterns that match at `state`, ascending.
  [[nodiscard]] const std::vector<uint32_t>& accepted(uint32_t state) const { return accepted_[state]; }
  [[nodiscard]] bool accepts(uint32_t state) const { return accepts_[state] != 0; }

 private:
  static constexpr uint32_t kStart = 1;
  static constexpr uint32_t kUnknown = UINT32_MAX;

  void clear();
  uint32_t make_next(uint32_t state, uint32_t byte_class);
  uint32_t number_of(ShapeProgram::StateSet set);

  std::shared_ptr<const ShapeProgram> program_;
  uint32_t class_count_;
  std::vector<uint32_t> table_;  // [state][class]
  std::vector<uint8_t> accepts_;
  std::vector<std::vector<uint32_t>> accepted_;
  std::vector<const ShapeProgram::StateSet*> sets_;  // keys of numbers_
  std::map<ShapeProgram::StateSet, uint32_t> numbers_;
};

}  // namespace custos::stage
