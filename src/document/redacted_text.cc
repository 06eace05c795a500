#include "document/redacted_text.h"

#include <algorithm>
#include <cstdint>

namespace custos::document {
namespace {

// Moves an offset from the text where entities lie at `from` to the one where they lie at `to`.
uint32_t move_offset(const std::vector<Entity>& entities, Span Entity::*from, Span Entity::*to, uint32_t offset,
                     bool is_end) {
  // The last entity that begins before the offset (an end may touch an entity's begin without entering it).
  const auto after = std::partition_point(entities.begin(), entities.end(),
                                          [&](const Entity& entity) { return (entity.*from).begin < offset; });
  if (after == entities.begin()) return offset;
  const Entity& before = *(after - 1);
  if (offset < (before.*from).end) return is_end ? (before.*to).end : (before.*to).begin;
  return (before.*to).end + (offset - (before.*from).end);
}

Span move_span(const std::vector<Entity>& entities, Span Entity::*from, Span Entity::*to, Span span) {
  const uint32_t begin = move_offset(entities, from, to, span.begin, false);
  return {begin, std::max(begin, move_offset(entities, from, to, span.end, true))};
}

}  // namespace

Span RedactedText::map(Span original) const {
  return move_span(entities_, &Entity::original, &Entity::redacted, original);
}

Span RedactedText::unmap(Span redacted) const {
  return move_span(entities_, &Entity::redacted, &Entity::original, redacted);
}

RedactedText RedactedText::slice(Span redacted) const {
  const Span source = unmap(redacted);
  std::vector<Entity> kept;
  for (Entity entity : entities_) {
    if (!redacted.contains(entity.redacted)) continue;
    entity.original = {entity.original.begin - source.begin, entity.original.end - source.begin};
    entity.redacted = {entity.redacted.begin - redacted.begin, entity.redacted.end - redacted.begin};
    kept.push_back(std::move(entity));
  }
  return {std::string(redacted.of(text_)), std::move(kept)};
}

void RedactedText::append_line(const RedactedText& other, uint32_t original_size, bool first) {
  if (!first) text_ += '\n';
  const auto redacted_base = static_cast<uint32_t>(text_.size());
  const uint32_t original_base = original_size + (first ? 0 : 1);
  text_ += other.text_;
  for (Entity entity : other.entities_) {
    entity.original = {entity.original.begin + original_base, entity.original.end + original_base};
    entity.redacted = {entity.redacted.begin + redacted_base, entity.redacted.end + redacted_base};
    entities_.push_back(std::move(entity));
  }
}

}  // namespace custos::document
