#include "app/message_json.h"

namespace custos::app {
namespace {

void write_strings(JsonWriter& w, const std::vector<std::string>& strings) {
  w.begin_array();
  for (const std::string& text : strings) w.value(text);
  w.end_array();
}

void write_or_null(JsonWriter& w, const std::string& text) { text.empty() ? w.null() : w.value(text); }

void write_removed(JsonWriter& w, const std::vector<document::ReasonedSpan>& removed) {
  w.begin_array();
  for (const document::ReasonedSpan& span : removed) {
    w.begin_object().key("begin").value(span.span.begin).key("end").value(span.span.end);
    w.key("reason").value(document::span_reason_name(span.reason)).end_object();
  }
  w.end_array();
}

void write_shown_part(JsonWriter& w, const document::RecordPart& part) {
  const std::string& text = part.text.text();
  w.begin_object().key("part").value(part.number).key("content_type").value(part.content_type);
  write_or_null(w.key("name"), part.name.text());
  w.key("bytes").value(part.bytes).key("sha256").value(part.sha256.hex());
  w.key("attachment").value(part.is_attachment).key("body").value(part.is_body).key("text").value(text);
  write_spans(w.key("authored"), document::authored_spans(part.removed, static_cast<uint32_t>(text.size())));
  write_removed(w.key("removed"), part.removed);
  write_or_null(w.key("language"), part.language);
  w.end_object();
}

}  // namespace

void write_participants(JsonWriter& w, const std::vector<document::Participant>& participants) {
  w.begin_array();
  for (const document::Participant& participant : participants) {
    w.begin_object().key("name").value(participant.name).key("address").value(participant.address).end_object();
  }
  w.end_array();
}

void write_spans(JsonWriter& w, const std::vector<document::Span>& spans) {
  w.begin_array();
  for (const document::Span span : spans) {
    w.begin_object().key("begin").value(span.begin).key("end").value(span.end).end_object();
  }
  w.end_array();
}

void write_places(JsonWriter& w, const std::vector<store::FoundPlace>& places) {
  w.begin_array();
  for (const store::FoundPlace& found : places) {
    w.begin_object().key("source").value(found.source).key("path").value(found.place.path);
    w.key("begin").value(found.place.begin).key("end").value(found.place.end);
    if (!found.flags.empty()) w.key("flags").value(found.flags);
    w.end_object();
  }
  w.end_array();
}

void write_date(JsonWriter& w, const std::optional<document::Timestamp>& date) {
  write_or_null(w.key("date"), date ? date->rfc3339() : "");
  write_or_null(w.key("date_offset"), date ? date->offset() : "");
}

std::string parsed_json(const document::Message& message) {
  JsonWriter w;
  w.begin_object().key("id").value(message.id);
  write_or_null(w.key("message_id"), message.message_id);
  write_date(w, message.date);
  write_participants(w.key("from"), message.from);
  write_participants(w.key("to"), message.to);
  write_participants(w.key("cc"), message.cc);
  write_participants(w.key("bcc"), message.bcc);
  w.key("subject").value(message.subject);
  write_or_null(w.key("in_reply_to"), message.in_reply_to.empty() ? "" : message.in_reply_to.front());
  write_strings(w.key("references"), message.references);
  w.key("text").value(message.text());
  write_spans(w.key("authored"), message.authored());
  w.key("parts").begin_array();
  for (const document::Part& part : message.parts) {
    w.begin_object().key("part").value(part.number).key("content_type").value(part.content_type);
    write_or_null(w.key("name"), part.name);
    w.key("bytes").value(part.bytes).key("sha256").value(part.sha256.hex());
    w.key("attachment").value(part.is_attachment).key("body").value(part.is_body).end_object();
  }
  w.end_array();
  write_strings(w.key("defects"), message.defects);
  w.end_object();
  return w.take();
}

std::string shown_json(const document::Record& record, const std::string& thread,
                       const std::vector<store::FoundPlace>& places) {
  JsonWriter w;
  w.begin_object().key("id").value(record.id);
  write_or_null(w.key("message_id"), record.message_id);
  write_date(w, record.date);
  write_participants(w.key("from"), record.from);
  write_participants(w.key("to"), record.to);
  write_participants(w.key("cc"), record.cc);
  w.key("subject").value(record.subject.text()).key("thread").value(thread);
  w.key("parts").begin_array();
  for (const document::RecordPart& part : record.parts) write_shown_part(w, part);
  w.end_array();
  w.key("labels").begin_array().end_array();
  write_strings(w.key("defects"), record.defects);
  write_or_null(w.key("edrm_mih"), record.edrm_mih);
  write_places(w.key("places"), places);
  w.end_object();
  return w.take();
}

}  // namespace custos::app
