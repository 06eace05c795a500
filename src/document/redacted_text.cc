#include "document/redacted_text.h"

#include <algorithm>
#include <cstdint>

namespace custos::document {
namespace {

uint32_t map_offset(const std::vector<Entity>& entities, uint32_t offset, bool is_end) {
  // The last entity that begins before the offset (an end may touch an entity's begin without entering it).
  const auto after = std::partition_point(entities.begin(), entities.end(), [&](const Entity& entity) {
    return entity.original.begin < offset;
  });
  if (after == entities.begin()) return offset;
  const Entity& before = *(after - 1);
  if (offset < before.original.end) return is_end ? before.redacted.end : before.redacted.begin;
  return before.redacted.end + (offset - before.original.end);
}

}  // namespace

Span RedactedText::map(Span original) const {
  const uint32_t begin = map_offset(entities_, original.begin, false);
  return {begin, std::max(begin, map_offset(entities_, original.end, true))};
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
