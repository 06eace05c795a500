#include "stage/redact/scan/shape_program.h"

#include <algorithm>
#include <map>
#include <string>

namespace custos::stage {
namespace {

using Kind = PatternNode::Kind;

struct ByteRange {
  size_t first, last;
};

// Bytes that are never told apart.
constexpr std::array<ByteRange, 4> kMerged = {{{'0', '9'}, {'A', 'Z'}, {'a', 'z'}, {0x80, 0xFF}}};

ByteSet widened(ByteSet bytes) {
  for (const ByteRange range : kMerged) {
    bool any = false;
    for (size_t byte = range.first; byte <= range.last; ++byte) any = any || bytes[byte];
    for (size_t byte = range.first; any && byte <= range.last; ++byte) bytes.set(byte);
  }
  return bytes;
}

void collect(const PatternNode& node, std::vector<ByteSet>& sets) {
  if (node.kind == Kind::kBytes) {
    const ByteSet wide = widened(node.bytes);
    if (std::find(sets.begin(), sets.end(), wide) == sets.end()) sets.push_back(wide);
  }
  for (const PatternNode& child : node.children) collect(child, sets);
}

}  // namespace

bool is_told_by_shape(const PatternNode& node) {
  if (node.kind == Kind::kBytes) return widened(node.bytes) == node.bytes;
  return std::all_of(node.children.begin(), node.children.end(), is_told_by_shape);
}

ShapeProgram::ShapeProgram(const std::vector<Entry>& entries) {
  assign_classes(entries);
  for (const Entry& entry : entries) {
    const uint32_t accept = add({Operation::kAccept, entry.id, 0, {}});
    starts_.push_back(add(entry.root, accept));
  }
}

void ShapeProgram::assign_classes(const std::vector<Entry>& entries) {
  std::vector<ByteSet> sets;
  for (const Entry& entry : entries) collect(entry.root, sets);
  // Bytes that lie in the same sets are one class: at most four merged ranges and 66 others.
  std::map<std::string, uint8_t> numbers;
  for (size_t byte = 0; byte < classes_.size(); ++byte) {
    std::string membership;
    for (const ByteSet& set : sets) membership += set[byte] ? '1' : '0';
    classes_[byte] = numbers.try_emplace(membership, static_cast<uint8_t>(numbers.size())).first->second;
  }
  class_count_ = static_cast<uint32_t>(numbers.size()) + 2;
}

ShapeProgram::ClassSet ShapeProgram::classes_of(const ByteSet& bytes) const {
  const ByteSet wide = widened(bytes);
  ClassSet out;
  for (size_t byte = 0; byte < wide.size(); ++byte) {
    if (wide[byte]) out.set(classes_[byte]);
  }
  return out;
}

uint32_t ShapeProgram::add(Instruction instruction) {
  instructions_.push_back(instruction);
  return static_cast<uint32_t>(instructions_.size() - 1);
}

uint32_t ShapeProgram::add(const PatternNode& node, uint32_t next) {
  switch (node.kind) {
    case Kind::kBytes:
      return add({Operation::kClasses, next, 0, classes_of(node.bytes)});
    case Kind::kTextBegin:
      return add({Operation::kClasses, next, 0, ClassSet().set(text_begin_class())});
    case Kind::kTextEnd:
      return add({Operation::kClasses, next, 0, ClassSet().set(text_end_class())});
    case Kind::kRepeat:
      return add_repeat(node, next);
    case Kind::kSequence:
      for (auto child = node.children.rbegin(); child != node.children.rend(); ++child) next = add(*child, next);
      return next;
    case Kind::kChoice:
      break;
  }
  uint32_t first = add(node.children.front(), next);
  for (size_t i = 1; i < node.children.size(); ++i) {
    const uint32_t other = add(node.children[i], next);
    first = add({Operation::kSplit, first, other, {}});
  }
  return first;
}

uint32_t ShapeProgram::add_repeat(const PatternNode& node, uint32_t next) {
  const uint32_t after = next;
  for (uint32_t i = node.least; i < node.most; ++i) {
    const uint32_t once_more = add(node.children.front(), next);
    next = add({Operation::kSplit, once_more, after, {}});
  }
  for (uint32_t i = 0; i < node.least; ++i) next = add(node.children.front(), next);
  return next;
}

ShapeProgram::StateSet ShapeProgram::closure(std::vector<uint32_t> pending) const {
  StateSet out;
  std::vector<bool> seen(instructions_.size());
  while (!pending.empty()) {
    const uint32_t at = pending.back();
    pending.pop_back();
    if (seen[at]) continue;
    seen[at] = true;
    if (instructions_[at].operation != Operation::kSplit) {
      out.push_back(at);
      continue;
    }
    pending.push_back(instructions_[at].next);
    pending.push_back(instructions_[at].other);
  }
  std::sort(out.begin(), out.end());
  return out;
}

ShapeProgram::StateSet ShapeProgram::step(const StateSet& set, uint32_t byte_class) const {
  std::vector<uint32_t> reached;
  for (const uint32_t at : set) {
    const Instruction& instruction = instructions_[at];
    if (instruction.operation == Operation::kClasses && instruction.classes[byte_class]) {
      reached.push_back(instruction.next);
    }
  }
  return reached.empty() ? reached : closure(std::move(reached));
}

std::vector<uint32_t> ShapeProgram::accepted(const StateSet& set) const {
  std::vector<uint32_t> ids;
  for (const uint32_t at : set) {
    if (instructions_[at].operation == Operation::kAccept) ids.push_back(instructions_[at].next);
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

}  // namespace custos::stage
