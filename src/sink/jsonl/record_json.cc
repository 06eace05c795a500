#include "sink/jsonl/record_json.h"

#include <algorithm>
#include <string_view>

namespace custos::sink {
namespace {

using document::Record;
using document::RecordPart;

void write_optional(JsonWriter& json, const char* key, std::string_view text) {
  json.key(key);
  text.empty() ? json.null() : json.value(text);
}

template <typename Strings>
void write_strings(JsonWriter& json, const char* key, const Strings& strings) {
  json.key(key).begin_array();
  for (const std::string_view string : strings) json.value(string);
  json.end_array();
}

void write_participants(JsonWriter& json, const char* key, const std::vector<document::Participant>& participants) {
  json.key(key).begin_array();
  for (const document::Participant& participant : participants) {
    json.begin_object().key("name").value(participant.name).key("address").value(participant.address).end_object();
  }
  json.end_array();
}

void write_entities(JsonWriter& json, const char* key, const std::vector<document::Entity>& entities) {
  json.key(key).begin_array();
  for (const document::Entity& entity : entities) {
    json.begin_object().key("type").value(entity.type);
    json.key("begin").value(entity.redacted.begin).key("end").value(entity.redacted.end);
    json.key("score").value(entity.score);
    json.key("original_begin").value(entity.original.begin).key("original_end").value(entity.original.end);
    json.end_object();
  }
  json.end_array();
}

void write_spans(JsonWriter& json, const RecordPart& part) {
  json.key("authored").begin_array();
  for (const document::Span span :
       document::authored_spans(part.removed, static_cast<uint32_t>(part.text.text().size()))) {
    json.begin_object().key("begin").value(span.begin).key("end").value(span.end).end_object();
  }
  json.end_array();
  json.key("removed").begin_array();
  for (const document::ReasonedSpan& removed : part.removed) {
    json.begin_object().key("begin").value(removed.span.begin).key("end").value(removed.span.end);
    json.key("reason").value(document::span_reason_name(removed.reason)).end_object();
  }
  json.end_array();
}

// As in Parquet: the text of a body part is `redacted` from begin to end.
void write_text_of(JsonWriter& json, const RecordPart& part, std::string_view joined, size_t& body_begin) {
  const std::string& text = part.text.text();
  const bool is_there = part.is_body && body_begin <= joined.size() && joined.substr(body_begin, text.size()) == text;
  if (!is_there) {
    write_optional(json, "text", text);
    json.key("begin").null().key("end").null();
    return;
  }
  json.key("text").null().key("begin").value(body_begin).key("end").value(body_begin + text.size());
  body_begin += text.size() + 1;
}

void write_parts(JsonWriter& json, const Record& record) {
  json.key("parts").begin_array();
  size_t body_begin = 0;
  for (const RecordPart& part : record.parts) {
    json.begin_object().key("part").value(part.number).key("content_type").value(part.content_type);
    json.key("name").value(part.name.text()).key("bytes").value(part.bytes).key("sha256").value(part.sha256.hex());
    json.key("attachment").value(part.is_attachment).key("body").value(part.is_body);
    write_text_of(json, part, record.text.text(), body_begin);
    write_spans(json, part);
    write_optional(json, "language", part.language);
    write_entities(json, "entities", part.text.entities());
    write_entities(json, "name_entities", part.name.entities());
    json.end_object();
  }
  json.end_array();
}

void write_headers(JsonWriter& json, const Record& record, const columns::RowContext& context) {
  write_optional(json, "message_id", record.message_id);
  json.key("date");
  record.date ? json.value(record.date->rfc3339()) : json.null();
  json.key("date_offset");
  record.date ? json.value(record.date->offset_minutes) : json.null();
  json.key("subject").value(record.subject.text());
  write_optional(json, "thread", context.thread);
  json.key("channel").value(record.channel);
  write_participants(json, "from", context.from);
  write_participants(json, "to", context.to);
  write_participants(json, "cc", context.cc);
  write_strings(json, "in_reply_to", record.in_reply_to);
  write_strings(json, "references", record.references);
  write_optional(json, "list_id", record.list_id);
  const auto body = std::ranges::find_if(record.parts, &RecordPart::is_body);
  write_optional(json, "language", body == record.parts.end() ? std::string_view() : body->language);
}

void write_chunks(JsonWriter& json, const Record& record) {
  json.key("chunks").begin_array();
  for (const document::Chunk& chunk : record.chunks) {
    json.begin_object().key("part").value(chunk.part).key("begin").value(chunk.span.begin);
    json.key("end").value(chunk.span.end).key("tokens").value(chunk.tokens).end_object();
  }
  json.end_array();
}

}  // namespace

void write_record(JsonWriter& json, const Record& record, const columns::RowContext& context) {
  json.begin_object().key("id").value(record.id).key("redacted").value(record.text.text());
  write_strings(json, "tokens", record.tokens);
  write_headers(json, record, context);
  write_parts(json, record);
  write_entities(json, "entities", record.text.entities());
  write_entities(json, "subject_entities", record.subject.entities());
  write_chunks(json, record);
  write_strings(json, "defects", record.defects);
  write_optional(json, "edrm_mih", record.edrm_mih);
  json.key("content_key").value(record.content_key.hex()).key("raw_digest").value(record.raw_digest.hex());
  json.key("raw_bytes").value(record.raw_bytes);
  json.key("raw_kind").value(record.raw_kind == document::RawKind::kMail ? "mail" : "record");
  json.key("flags").value(record.flags).end_object();
}

}  // namespace custos::sink
