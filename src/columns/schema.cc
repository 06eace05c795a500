#include "columns/schema.h"

#include <arrow/type.h>

#include <string>
#include <utility>

namespace custos::columns {
namespace {

using arrow::DataType;
using arrow::Field;
using TypePtr = std::shared_ptr<DataType>;
using FieldPtr = std::shared_ptr<Field>;

FieldPtr required(std::string name, TypePtr type) { return arrow::field(std::move(name), std::move(type), false); }
FieldPtr optional(std::string name, TypePtr type) { return arrow::field(std::move(name), std::move(type), true); }
TypePtr list_of(TypePtr item) { return arrow::list(required("element", std::move(item))); }
FieldPtr text(std::string name) { return required(std::move(name), arrow::utf8()); }
FieldPtr offset(std::string name) { return required(std::move(name), arrow::int32()); }
FieldPtr digest(std::string name) { return required(std::move(name), arrow::fixed_size_binary(32)); }
FieldPtr flag(std::string name) { return required(std::move(name), arrow::boolean()); }

TypePtr spans() { return list_of(arrow::struct_({offset("begin"), offset("end")})); }
TypePtr reasoned_spans() { return list_of(arrow::struct_({offset("begin"), offset("end"), text("reason")})); }
TypePtr participants() { return list_of(arrow::struct_({text("name"), text("address")})); }

TypePtr entities() {
  return list_of(arrow::struct_({text("type"), offset("begin"), offset("end"), required("score", arrow::float32()),
                                 offset("original_begin"), offset("original_end")}));
}

TypePtr parts() {
  return list_of(arrow::struct_({
      text("part"),
      text("content_type"),
      text("name"),
      required("bytes", arrow::int64()),
      digest("sha256"),
      flag("attachment"),
      flag("body"),
      optional("text", arrow::utf8()),
      optional("begin", arrow::int32()),
      optional("end", arrow::int32()),
      required("authored", spans()),
      required("removed", reasoned_spans()),
      optional("language", arrow::utf8()),
      required("entities", entities()),
      required("name_entities", entities()),
  }));
}

TypePtr chunks() { return list_of(arrow::struct_({offset("part"), offset("begin"), offset("end"), offset("tokens")})); }

void add_headers(arrow::FieldVector& fields) {
  fields.push_back(optional("message_id", arrow::utf8()));
  fields.push_back(optional("date", arrow::timestamp(arrow::TimeUnit::MICRO, "UTC")));
  fields.push_back(optional("date_offset", arrow::int32()));
  fields.push_back(text("subject"));
  fields.push_back(optional("thread", arrow::utf8()));
  fields.push_back(text("channel"));
}

void add_links(arrow::FieldVector& fields) {
  fields.push_back(required("in_reply_to", list_of(arrow::utf8())));
  fields.push_back(required("references", list_of(arrow::utf8())));
  fields.push_back(optional("list_id", arrow::utf8()));
  fields.push_back(optional("language", arrow::utf8()));
}

void add_identity(arrow::FieldVector& fields) {
  fields.push_back(optional("edrm_mih", arrow::utf8()));
  fields.push_back(digest("content_key"));
  fields.push_back(digest("raw_digest"));
  fields.push_back(required("raw_bytes", arrow::int64()));
  fields.push_back(text("raw_kind"));
  fields.push_back(text("flags"));
}

}  // namespace

std::shared_ptr<arrow::Schema> record_schema(bool with_participants) {
  arrow::FieldVector fields{text("id"), text("redacted"), required("tokens", list_of(arrow::utf8()))};
  add_headers(fields);
  if (with_participants) {
    for (const char* name : {"from", "to", "cc"}) fields.push_back(required(name, participants()));
  }
  add_links(fields);
  fields.push_back(required("parts", parts()));
  fields.push_back(required("entities", entities()));
  fields.push_back(required("subject_entities", entities()));
  fields.push_back(required("chunks", chunks()));
  fields.push_back(required("defects", list_of(arrow::utf8())));
  add_identity(fields);
  return arrow::schema(std::move(fields));
}

std::shared_ptr<arrow::Schema> chunk_schema() {
  return arrow::schema({required("message", arrow::int64()), text("id"), offset("part"), offset("begin"), offset("end"),
                        offset("tokens"), optional("language", arrow::utf8())});
}

}  // namespace custos::columns
