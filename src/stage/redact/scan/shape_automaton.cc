#include "stage/redact/scan/shape_automaton.h"

#include <utility>

namespace custos::stage {

ShapeAutomaton::ShapeAutomaton(std::shared_ptr<const ShapeProgram> program)
    : program_(std::move(program)), class_count_(program_->class_count()) {
  clear();
}

void ShapeAutomaton::clear() {
  table_.clear();
  accepts_.clear();
  accepted_.clear();
  sets_.clear();
  numbers_.clear();
  (void)number_of({});  // kDead
  for (uint32_t i = 0; i < class_count_; ++i) table_[i] = kDead;
  (void)number_of(program_->start());  // kStart; a program without patterns has no other state than kDead
}

uint32_t ShapeAutomaton::number_of(ShapeProgram::StateSet set) {
  const auto number = static_cast<uint32_t>(sets_.size());
  const auto [entry, is_new] = numbers_.try_emplace(std::move(set), number);
  if (!is_new) return entry->second;
  sets_.push_back(&entry->first);
  table_.resize(table_.size() + class_count_, kUnknown);
  accepted_.push_back(program_->accepted(entry->first));
  accepts_.push_back(accepted_.back().empty() ? 0 : 1);
  return number;
}

uint32_t ShapeAutomaton::make_next(uint32_t state, uint32_t byte_class) {
  const uint32_t reached = number_of(program_->step(*sets_[state], byte_class));
  table_[size_t{state} * class_count_ + byte_class] = reached;
  return reached;
}

}  // namespace custos::stage
