#include "columns/list_builders.h"

#include <arrow/util/utf8.h>

#include <cstdint>

#include "base/utf8.h"

namespace custos::columns {
namespace {

using arrow::Int32Builder;
using arrow::Status;
using arrow::StringBuilder;

// The fields of `parts` by number, in the schema's order.
enum PartField {
  kPart,
  kContentType,
  kName,
  kBytes,
  kSha256,
  kAttachment,
  kBody,
  kText,
  kBegin,
  kEnd,
  kAuthored,
  kRemoved,
  kLanguage,
  kEntities,
  kNameEntities
};

int32_t narrow(size_t number) { return static_cast<int32_t>(number); }

}  // namespace

Status append_text(StringBuilder& builder, std::string_view text) {
  if (arrow::util::ValidateUTF8(text)) return builder.Append(text);
  return builder.Append(utf8_repaired(text));
}

Status append_optional(StringBuilder& builder, std::string_view text) {
  return text.empty() ? builder.AppendNull() : append_text(builder, text);
}

Status append_date(arrow::TimestampBuilder& date, Int32Builder& offset,
                   const std::optional<document::Timestamp>& value) {
  int64_t microseconds = 0;
  if (!value || __builtin_mul_overflow(value->utc_seconds, INT64_C(1000000), &microseconds)) {
    ARROW_RETURN_NOT_OK(date.AppendNull());
    return offset.AppendNull();
  }
  ARROW_RETURN_NOT_OK(date.Append(microseconds));
  return offset.Append(value->offset_minutes);
}

StructListBuilder::StructListBuilder(arrow::ArrayBuilder* builder)
    : list_(static_cast<arrow::ListBuilder*>(builder)),
      item_(static_cast<arrow::StructBuilder*>(list_->value_builder())) {
  for (int number = 0; number < item_->num_fields(); ++number) fields_.push_back(item_->field_builder(number));
}

StringListBuilder::StringListBuilder(arrow::ArrayBuilder* builder)
    : list_(static_cast<arrow::ListBuilder*>(builder)), item_(static_cast<StringBuilder*>(list_->value_builder())) {}

Status StringListBuilder::append(const std::vector<std::string>& strings) {
  ARROW_RETURN_NOT_OK(list_->Append());
  for (const std::string& string : strings) ARROW_RETURN_NOT_OK(append_text(*item_, string));
  return Status::OK();
}

Status EntityListBuilder::append(const std::vector<document::Entity>& entities) {
  ARROW_RETURN_NOT_OK(rows_.begin_row());
  for (const document::Entity& entity : entities) {
    ARROW_RETURN_NOT_OK(rows_.begin_item());
    ARROW_RETURN_NOT_OK(append_text(rows_.as<StringBuilder>(0), entity.type));
    ARROW_RETURN_NOT_OK(rows_.as<Int32Builder>(1).Append(narrow(entity.redacted.begin)));
    ARROW_RETURN_NOT_OK(rows_.as<Int32Builder>(2).Append(narrow(entity.redacted.end)));
    ARROW_RETURN_NOT_OK(rows_.as<arrow::FloatBuilder>(3).Append(entity.score));
    ARROW_RETURN_NOT_OK(rows_.as<Int32Builder>(4).Append(narrow(entity.original.begin)));
    ARROW_RETURN_NOT_OK(rows_.as<Int32Builder>(5).Append(narrow(entity.original.end)));
  }
  return Status::OK();
}

Status ParticipantListBuilder::append(const std::vector<document::Participant>& participants) {
  ARROW_RETURN_NOT_OK(rows_.begin_row());
  for (const document::Participant& participant : participants) {
    ARROW_RETURN_NOT_OK(rows_.begin_item());
    ARROW_RETURN_NOT_OK(append_text(rows_.as<StringBuilder>(0), participant.name));
    ARROW_RETURN_NOT_OK(append_text(rows_.as<StringBuilder>(1), participant.address));
  }
  return Status::OK();
}

PartListBuilder::PartListBuilder(arrow::ArrayBuilder* builder)
    : rows_(builder),
      authored_(rows_.field(kAuthored)),
      removed_(rows_.field(kRemoved)),
      entities_(rows_.field(kEntities)),
      name_entities_(rows_.field(kNameEntities)) {}

Status PartListBuilder::append(const document::Record& record) {
  ARROW_RETURN_NOT_OK(rows_.begin_row());
  size_t body_begin = 0;
  for (const document::RecordPart& part : record.parts) {
    ARROW_RETURN_NOT_OK(append_part(part, record.text.text(), body_begin));
  }
  return Status::OK();
}

Status PartListBuilder::append_part(const document::RecordPart& part, std::string_view joined, size_t& body_begin) {
  ARROW_RETURN_NOT_OK(rows_.begin_item());
  ARROW_RETURN_NOT_OK(append_text(rows_.as<StringBuilder>(kPart), part.number));
  ARROW_RETURN_NOT_OK(append_text(rows_.as<StringBuilder>(kContentType), part.content_type));
  ARROW_RETURN_NOT_OK(append_text(rows_.as<StringBuilder>(kName), part.name.text()));
  ARROW_RETURN_NOT_OK(rows_.as<arrow::Int64Builder>(kBytes).Append(static_cast<int64_t>(part.bytes)));
  ARROW_RETURN_NOT_OK(rows_.as<arrow::FixedSizeBinaryBuilder>(kSha256).Append(part.sha256.bytes.data()));
  ARROW_RETURN_NOT_OK(rows_.as<arrow::BooleanBuilder>(kAttachment).Append(part.is_attachment));
  ARROW_RETURN_NOT_OK(rows_.as<arrow::BooleanBuilder>(kBody).Append(part.is_body));
  ARROW_RETURN_NOT_OK(append_text_of(part, joined, body_begin));
  ARROW_RETURN_NOT_OK(append_spans(part));
  ARROW_RETURN_NOT_OK(append_optional(rows_.as<StringBuilder>(kLanguage), part.language));
  ARROW_RETURN_NOT_OK(entities_.append(part.text.entities()));
  return name_entities_.append(part.name.entities());
}

// The place in the joined text instead of the text, wherever the joined text has it.
Status PartListBuilder::append_text_of(const document::RecordPart& part, std::string_view joined, size_t& body_begin) {
  const std::string& text = part.text.text();
  const bool is_there = part.is_body && body_begin <= joined.size() && joined.substr(body_begin, text.size()) == text;
  if (!is_there) {
    ARROW_RETURN_NOT_OK(append_optional(rows_.as<StringBuilder>(kText), text));
    ARROW_RETURN_NOT_OK(rows_.as<Int32Builder>(kBegin).AppendNull());
    return rows_.as<Int32Builder>(kEnd).AppendNull();
  }
  ARROW_RETURN_NOT_OK(rows_.as<StringBuilder>(kText).AppendNull());
  ARROW_RETURN_NOT_OK(rows_.as<Int32Builder>(kBegin).Append(narrow(body_begin)));
  ARROW_RETURN_NOT_OK(rows_.as<Int32Builder>(kEnd).Append(narrow(body_begin + text.size())));
  body_begin += text.size() + 1;
  return Status::OK();
}

Status PartListBuilder::append_spans(const document::RecordPart& part) {
  ARROW_RETURN_NOT_OK(authored_.begin_row());
  const auto size = static_cast<uint32_t>(part.text.text().size());
  for (const document::Span span : document::authored_spans(part.removed, size)) {
    ARROW_RETURN_NOT_OK(authored_.begin_item());
    ARROW_RETURN_NOT_OK(authored_.as<Int32Builder>(0).Append(narrow(span.begin)));
    ARROW_RETURN_NOT_OK(authored_.as<Int32Builder>(1).Append(narrow(span.end)));
  }
  ARROW_RETURN_NOT_OK(removed_.begin_row());
  for (const document::ReasonedSpan& removed : part.removed) {
    ARROW_RETURN_NOT_OK(removed_.begin_item());
    ARROW_RETURN_NOT_OK(removed_.as<Int32Builder>(0).Append(narrow(removed.span.begin)));
    ARROW_RETURN_NOT_OK(removed_.as<Int32Builder>(1).Append(narrow(removed.span.end)));
    ARROW_RETURN_NOT_OK(removed_.as<StringBuilder>(2).Append(document::span_reason_name(removed.reason)));
  }
  return Status::OK();
}

}  // namespace custos::columns
