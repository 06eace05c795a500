#include "agent/cite/archive_texts.h"

#include <utility>

namespace custos::agent {
namespace {

void append_people(const std::vector<document::Participant>& people, std::string& headers) {
  for (const document::Participant& one : people) headers.append(one.name).append(" ").append(one.address).append("\n");
}

std::string headers_of(const document::Record& record) {
  std::string headers;
  append_people(record.from, headers);
  append_people(record.to, headers);
  append_people(record.cc, headers);
  headers.append(record.subject.text()).append("\n");
  if (record.date) headers.append(record.date->rfc3339().substr(0, 10));
  return headers;
}

}  // namespace

Result<const CitedMessage*> ArchiveTexts::find(std::string_view message) {
  const std::string id(message);
  if (const auto known = read_.find(id); known != read_.end()) return known->second.get();
  const Result<store::MessageEntry> entry = archive_.find_message(message);
  if (!entry.ok() && entry.error().code != Code::kNotFound) return entry.error();
  std::unique_ptr<CitedMessage> made;
  if (entry.ok() && entry->id == message) {
    ASSIGN_OR_RETURN(made, read(*entry));
  }
  return read_.emplace(id, std::move(made)).first->second.get();
}

Result<std::unique_ptr<CitedMessage>> ArchiveTexts::read(const store::MessageEntry& entry) const {
  ASSIGN_OR_RETURN(document::Record record, archive_.read_record(entry.key));
  ASSIGN_OR_RETURN(const store::StoredOriginal original, archive_.original_of(entry.key));
  auto message = std::make_unique<CitedMessage>();
  message->id = entry.id;
  message->sha256 = sha256(original.document.bytes);
  message->headers = headers_of(record);
  for (document::RecordPart& part : record.parts) {
    message->parts.push_back({std::move(part.number), std::move(part.text)});
  }
  return message;
}

}  // namespace custos::agent
