#include "stage/redact/scan/shape_automaton.h"

#include <algorithm>
#include <utility>

namespace custos::stage {

ShapeAutomaton::ShapeAutomaton(std::shared_ptr<const ShapeProgram> program)
    : program_(std::move(program)), class_count_(program_->class_count()) {
  clear();
}

void ShapeAutomaton::clear() {
  table_.clear();
  accepted_.clear();
  sets_.clear();
  states_.clear();
  (void)state_of({});  // kDead
  std::fill(table_.begin(), table_.end(), kDead);
  start_ = state_of(program_->start());
}

uint32_t ShapeAutomaton::state_of(ShapeProgram::StateSet set) {
  const auto [entry, is_new] = states_.try_emplace(std::move(set), kDead);
  if (!is_new) return entry->second;
  sets_.push_back(&entry->first);
  accepted_.push_back(program_->accepted(entry->first));
  entry->second = static_cast<uint32_t>(table_.size() << 1) | (accepted_.back().empty() ? 0 : 1);
  table_.resize(table_.size() + class_count_, kUnknown);
  return entry->second;
}

uint32_t ShapeAutomaton::make_next(uint32_t state, uint32_t byte_class) {
  const uint32_t reached = state_of(program_->step(*sets_[(state >> 1) / class_count_], byte_class));
  table_[(state >> 1) + byte_class] = reached;
  return reached;
}

}  // namespace custos::stage
