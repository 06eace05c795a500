#include "columns/row_group.h"

#include <algorithm>

namespace custos::columns {
namespace {

std::optional<document::SpanReason> reason_from_name(std::string_view name) {
  using document::SpanReason;
  for (const auto reason : {SpanReason::kQuoted, SpanReason::kAttribution, SpanReason::kForwarded,
                            SpanReason::kSignature, SpanReason::kDisclaimer, SpanReason::kListFooter}) {
    if (name == document::span_reason_name(reason)) return reason;
  }
  return std::nullopt;
}

document::Span span_at(const ListView& view, int first, int64_t item) {
  return {offset_at(view.field(first), item), offset_at(view.field(first + 1), item)};
}

}  // namespace

std::string text_at(const arrow::Array& array, int64_t row) {
  if (array.IsNull(row)) return {};
  return std::string(static_cast<const arrow::StringArray&>(array).GetView(row));
}

int64_t int64_at(const arrow::Array& array, int64_t row) {
  return static_cast<const arrow::Int64Array&>(array).Value(row);
}

uint32_t offset_at(const arrow::Array& array, int64_t row) {
  return static_cast<uint32_t>(static_cast<const arrow::Int32Array&>(array).Value(row));
}

bool flag_at(const arrow::Array& array, int64_t row) {
  return static_cast<const arrow::BooleanArray&>(array).Value(row);
}

Digest digest_at(const arrow::Array& array, int64_t row) {
  return Digest::from_view(static_cast<const arrow::FixedSizeBinaryArray&>(array).GetView(row));
}

std::vector<std::string> strings_at(const arrow::Array& list, int64_t row) {
  const ListView view(list);
  const ItemRange range = view.row(row);
  std::vector<std::string> strings;
  strings.reserve(static_cast<size_t>(range.end - range.begin));
  for (int64_t item = range.begin; item < range.end; ++item) strings.push_back(text_at(view.items(), item));
  return strings;
}

document::TokenList tokens_at(const arrow::Array& list, int64_t row) {
  const ListView view(list);
  const ItemRange range = view.row(row);
  const auto& items = static_cast<const arrow::StringArray&>(view.items());
  document::TokenList tokens;
  for (int64_t item = range.begin; item < range.end; ++item) tokens.push_back(items.GetView(item));
  return tokens;
}

std::vector<document::Entity> entities_at(const arrow::Array& list, int64_t row) {
  const ListView view(list);
  const ItemRange range = view.row(row);
  std::vector<document::Entity> entities;
  for (int64_t item = range.begin; item < range.end; ++item) {
    entities.push_back({.type = text_at(view.field(0), item),
                        .original = span_at(view, 4, item),
                        .redacted = span_at(view, 1, item),
                        .score = static_cast<const arrow::FloatArray&>(view.field(3)).Value(item)});
  }
  return entities;
}

std::vector<document::Chunk> chunks_at(const arrow::Array& list, int64_t row) {
  const ListView view(list);
  const ItemRange range = view.row(row);
  std::vector<document::Chunk> chunks;
  for (int64_t item = range.begin; item < range.end; ++item) {
    chunks.push_back({.span = span_at(view, 1, item),
                      .part = offset_at(view.field(0), item),
                      .tokens = offset_at(view.field(3), item)});
  }
  return chunks;
}

std::optional<std::vector<document::ReasonedSpan>> removed_at(const arrow::Array& list, int64_t row) {
  const ListView view(list);
  const ItemRange range = view.row(row);
  std::vector<document::ReasonedSpan> removed;
  for (int64_t item = range.begin; item < range.end; ++item) {
    const auto reason = reason_from_name(text_at(view.field(2), item));
    if (!reason) return std::nullopt;
    removed.push_back({span_at(view, 0, item), *reason});
  }
  return removed;
}

bool are_sound(const std::vector<document::ReasonedSpan>& spans, size_t size) {
  uint32_t end = 0;
  return std::ranges::all_of(spans, [&](const document::ReasonedSpan& removed) {
    const bool sound = removed.span.begin >= end && removed.span.begin <= removed.span.end && removed.span.end <= size;
    end = removed.span.end;
    return sound;
  });
}

bool are_sound(const std::vector<document::Entity>& entities, size_t size) {
  uint32_t end = 0;
  return std::ranges::all_of(entities, [&](const document::Entity& entity) {
    const bool sound = entity.redacted.begin >= end && entity.redacted.begin <= entity.redacted.end &&
                       entity.redacted.end <= size && entity.original.begin <= entity.original.end;
    end = entity.redacted.end;
    return sound;
  });
}

}  // namespace custos::columns
