// What can be told of a pattern without running it.
#include <algorithm>
#include <optional>

#include "stage/redact/scan/pattern_syntax.h"

namespace custos::stage {
namespace {

using Kind = PatternNode::Kind;

bool is_known_byte(const PatternNode& node) {
  if (node.kind != Kind::kBytes) return false;
  if (node.bytes.count() == 1) return true;
  if (node.bytes.count() != 2) return false;
  for (size_t upper = 'A'; upper <= 'Z'; ++upper) {
    if (node.bytes[upper] && node.bytes[upper | 0x20]) return true;
  }
  return false;
}

uint32_t saturated(uint64_t size) { return size >= kEndless ? kEndless : static_cast<uint32_t>(size); }

// What comes before the first of some bytes.
struct Lead {
  std::optional<uint64_t> before;   // most bytes in front of it; nothing where no match has one of them
  std::optional<uint64_t> without;  // the length of the longest match that has none; nothing where all have one
};

Lead lead_of(const PatternNode& node, const ByteSet& bytes);

Lead lead_of_sequence(const PatternNode& node, const ByteSet& bytes) {
  Lead out{.before = std::nullopt, .without = 0};
  for (const PatternNode& child : node.children) {
    const Lead lead = lead_of(child, bytes);
    if (lead.before) out.before = std::max(out.before.value_or(0), *out.without + *lead.before);
    if (!lead.without) return {out.before, std::nullopt};
    *out.without += *lead.without;
  }
  return out;
}

Lead lead_of_choice(const PatternNode& node, const ByteSet& bytes) {
  Lead out;
  for (const PatternNode& child : node.children) {
    const Lead lead = lead_of(child, bytes);
    if (lead.before) out.before = std::max(out.before.value_or(0), *lead.before);
    if (lead.without) out.without = std::max(out.without.value_or(0), *lead.without);
  }
  return out;
}

Lead lead_of_repeat(const PatternNode& node, const ByteSet& bytes) {
  if (node.most == 0) return {.before = std::nullopt, .without = 0};
  const Lead once = lead_of(node.children.front(), bytes);
  Lead out;
  if (once.before) out.before = (node.most - 1) * once.without.value_or(0) + *once.before;
  if (once.without) out.without = node.most * *once.without;
  if (!once.without && node.least == 0) out.without = 0;
  return out;
}

Lead lead_of(const PatternNode& node, const ByteSet& bytes) {
  Lead out{.before = std::nullopt, .without = 0};
  switch (node.kind) {
    case Kind::kBytes:
      if ((node.bytes & bytes).any()) out.before = 0;
      out.without = (node.bytes & ~bytes).any() ? std::optional<uint64_t>(1) : std::nullopt;
      return out;
    case Kind::kSequence:
      return lead_of_sequence(node, bytes);
    case Kind::kChoice:
      return lead_of_choice(node, bytes);
    case Kind::kRepeat:
      return lead_of_repeat(node, bytes);
    default:
      return out;
  }
}

}  // namespace

uint32_t expanded_size(const PatternNode& node) {
  uint64_t size = node.kind == Kind::kBytes ? 1 : 0;
  for (const PatternNode& child : node.children) size += expanded_size(child);
  if (node.kind != Kind::kRepeat) return saturated(size);
  return node.most == kEndless ? kEndless : saturated(size * node.most);
}

bool has_literal(const PatternNode& node) {
  constexpr int kRun = 3;
  if (node.kind == Kind::kRepeat) return node.least > 0 && has_literal(node.children.front());
  if (node.kind == Kind::kChoice) return std::all_of(node.children.begin(), node.children.end(), has_literal);
  int run = 0;
  for (const PatternNode& child : node.children) {
    run = is_known_byte(child) ? run + 1 : 0;
    if (run >= kRun || has_literal(child)) return true;
  }
  return false;
}

bool always_has(const PatternNode& node, const ByteSet& bytes) {
  const auto has = [&](const PatternNode& child) { return always_has(child, bytes); };
  switch (node.kind) {
    case Kind::kBytes:
      return (node.bytes & ~bytes).none();
    case Kind::kSequence:
      return std::any_of(node.children.begin(), node.children.end(), has);
    case Kind::kChoice:
      return std::all_of(node.children.begin(), node.children.end(), has);
    case Kind::kRepeat:
      return node.least > 0 && has(node.children.front());
    default:
      return false;
  }
}

uint32_t bytes_before(const PatternNode& node, const ByteSet& bytes) {
  return saturated(lead_of(node, bytes).before.value_or(0));
}

uint32_t least_size(const PatternNode& node) {
  uint64_t size = node.kind == Kind::kBytes ? 1 : 0;
  if (node.kind == Kind::kChoice) {
    size = kEndless;
    for (const PatternNode& child : node.children) size = std::min<uint64_t>(size, least_size(child));
    return saturated(size);
  }
  for (const PatternNode& child : node.children) size += least_size(child);
  return saturated(node.kind == Kind::kRepeat ? size * node.least : size);
}

bool has_text_edge(const PatternNode& node) {
  return node.kind == Kind::kTextBegin || node.kind == Kind::kTextEnd ||
         std::any_of(node.children.begin(), node.children.end(), has_text_edge);
}

}  // namespace custos::stage
