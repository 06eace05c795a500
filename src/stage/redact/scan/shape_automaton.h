// The states of a ShapeProgram, made as texts reach them.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "stage/redact/scan/shape_program.h"

namespace custos::stage {

// For one thread. Holds at most kStatesMax states and what one run adds (some 3 MB), then begins anew.
class ShapeAutomaton {
 public:
  static constexpr uint32_t kStatesMax = 16384;
  static constexpr uint32_t kDead = 0;  // the state in which no pattern can match any more

  explicit ShapeAutomaton(std::shared_ptr<const ShapeProgram> program);

  [[nodiscard]] const ShapeProgram& program() const { return *program_; }

  // A state is the place of its row in the table, times two, plus one where patterns match.
  // Call before each run: drops all states when there are too many.
  uint32_t start() {
    if (accepted_.size() > kStatesMax) clear();
    return start_;
  }
  uint32_t next(uint32_t state, uint32_t byte_class) {
    const uint32_t known = table_[(state >> 1) + byte_class];
    return known != kUnknown ? known : make_next(state, byte_class);
  }
  // Whether the two bytes at `at` tell that nothing matches there, as they do nearly everywhere.
  bool dies_at_once(std::string_view text, size_t at) {
    if (at + 1 >= text.size()) return false;
    const uint32_t first = next(start(), program_->classes()[static_cast<uint8_t>(text[at])]);
    if (first == kDead) return true;
    if (accepts(first)) return false;
    return next(first, program_->classes()[static_cast<uint8_t>(text[at + 1])]) == kDead;
  }
  // The patterns that match at `state`, ascending.
  [[nodiscard]] const std::vector<uint32_t>& accepted(uint32_t state) const {
    return accepted_[(state >> 1) / class_count_];
  }
  [[nodiscard]] static bool accepts(uint32_t state) { return (state & 1) != 0; }

 private:
  static constexpr uint32_t kUnknown = UINT32_MAX;

  void clear();
  uint32_t make_next(uint32_t state, uint32_t byte_class);
  uint32_t state_of(ShapeProgram::StateSet set);

  std::shared_ptr<const ShapeProgram> program_;
  uint32_t class_count_;
  uint32_t start_ = kDead;
  std::vector<uint32_t> table_;                      // a row of classes for each state
  std::vector<std::vector<uint32_t>> accepted_;      // by row
  std::vector<const ShapeProgram::StateSet*> sets_;  // by row; keys of states_
  std::map<ShapeProgram::StateSet, uint32_t> states_;
};

}  // namespace custos::stage
