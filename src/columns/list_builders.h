// Typed hands on the nested builders of a row group. Every append can fail only for want of memory or at 2 GiB, so it
// returns arrow::Status; Arrow's headers stay in this folder.
#pragma once

#include <arrow/builder.h>
#include <arrow/status.h>

#include <string>
#include <string_view>
#include <vector>

#include "document/message.h"
#include "document/record.h"
#include "document/redacted_text.h"
#include "document/span.h"

namespace custos::columns {

// Appends UTF-8; what is not becomes U+FFFD, since readers refuse a whole file for one bad byte.
[[nodiscard]] arrow::Status append_text(arrow::StringBuilder& builder, std::string_view text);
// Null where empty.
[[nodiscard]] arrow::Status append_optional(arrow::StringBuilder& builder, std::string_view text);
[[nodiscard]] arrow::Status append_date(arrow::TimestampBuilder& date, arrow::Int32Builder& offset,
                                        const std::optional<document::Timestamp>& value);

// A list of structs: the list's builder, the struct's, and its fields by number.
class StructListBuilder {
 public:
  // REQUIRES: `builder` is a ListBuilder of a StructBuilder.
  explicit StructListBuilder(arrow::ArrayBuilder* builder);
  [[nodiscard]] arrow::Status begin_row() { return list_->Append(); }
  [[nodiscard]] arrow::Status begin_item() { return item_->Append(); }
  [[nodiscard]] arrow::ArrayBuilder* field(int number) { return fields_[static_cast<size_t>(number)]; }
  template <typename Builder>
  [[nodiscard]] Builder& as(int number) {
    return static_cast<Builder&>(*field(number));
  }

 private:
  arrow::ListBuilder* list_;
  arrow::StructBuilder* item_;
  std::vector<arrow::ArrayBuilder*> fields_;
};

class StringListBuilder {
 public:
  explicit StringListBuilder(arrow::ArrayBuilder* builder);
  [[nodiscard]] arrow::Status append(const std::vector<std::string>& strings);

 private:
  arrow::ListBuilder* list_;
  arrow::StringBuilder* item_;
};

class EntityListBuilder {
 public:
  explicit EntityListBuilder(arrow::ArrayBuilder* builder) : rows_(builder) {}
  [[nodiscard]] arrow::Status append(const std::vector<document::Entity>& entities);

 private:
  StructListBuilder rows_;
};

class ParticipantListBuilder {
 public:
  explicit ParticipantListBuilder(arrow::ArrayBuilder* builder) : rows_(builder) {}
  [[nodiscard]] arrow::Status append(const std::vector<document::Participant>& participants);

 private:
  StructListBuilder rows_;
};

class PartListBuilder {
 public:
  explicit PartListBuilder(arrow::ArrayBuilder* builder);
  [[nodiscard]] arrow::Status append(const document::Record& record);

 private:
  arrow::Status append_part(const document::RecordPart& part, std::string_view joined, size_t& body_begin);
  arrow::Status append_text_of(const document::RecordPart& part, std::string_view joined, size_t& body_begin);
  arrow::Status append_spans(const document::RecordPart& part);

  StructListBuilder rows_;
  StructListBuilder authored_;
  StructListBuilder removed_;
  EntityListBuilder entities_;
  EntityListBuilder name_entities_;
};

}  // namespace custos::columns
