#include "stage/deduplicate/deduplicate.h"

#include <algorithm>
#include <vector>

#include "base/utf8.h"

namespace custos::stage {
namespace {

using document::Message;
using document::Part;
using document::Participant;

// The length of the white space at `at`: ASCII's, U+00A0, U+200B and U+FEFF, which HTML conversion adds and drops.
size_t space_length(std::string_view text, size_t at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte <= ' ') return 1;
  if (byte < 0x80) return 0;
  const std::string_view rest = text.substr(at);
  if (rest.starts_with("\xc2\xa0")) return 2;
  if (rest.starts_with("\xe2\x80\x8b") || rest.starts_with("\xef\xbb\xbf")) return 3;
  return 0;
}

// Branchless for ASCII: words are too short for a copy each.
void append_without_space(std::string& out, std::string_view text) {
  size_t size = out.size();
  out.resize(size + text.size());
  char* const to = out.data();
  for (size_t i = 0; i < text.size();) {
    to[size] = text[i];
    const auto byte = static_cast<unsigned char>(text[i]);
    const size_t space = byte < 0x80 ? 0 : space_length(text, i);
    size += byte > ' ' && space == 0 ? 1 : 0;
    i += space == 0 ? 1 : space;
  }
  out.resize(size);
}

std::string without_space(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  append_without_space(out, text);
  return out;
}

// Lists add "[list] " on the way. A subject that is nothing else keeps it.
std::string_view without_list_tags(std::string_view subject) {
  while (subject.starts_with('[')) {
    const size_t close = subject.find(']');
    if (close == std::string_view::npos || close + 1 == subject.size()) break;
    subject.remove_prefix(close + 1);
  }
  return subject;
}

std::string lower_ascii(std::string lower) {
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

void add_addresses(DigestBuilder& builder, const std::vector<const std::vector<Participant>*>& lists) {
  std::vector<std::string> addresses;
  for (const auto* list : lists) {
    for (const Participant& person : *list) addresses.push_back(lower_ascii(without_space(person.address)));
  }
  std::sort(addresses.begin(), addresses.end());
  addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
  builder.add(static_cast<uint64_t>(addresses.size()));
  for (const std::string& address : addresses) builder.add(address);
}

void add_attachments(DigestBuilder& builder, const std::vector<Part>& parts) {
  std::vector<Digest> digests;
  for (const Part& part : parts) {
    if (part.is_attachment) digests.push_back(part.sha256);
  }
  std::sort(digests.begin(), digests.end());
  builder.add(static_cast<uint64_t>(digests.size()));
  for (const Digest& digest : digests) builder.add(digest.view());
}

void add_date(DigestBuilder& builder, const Message& message) {
  builder.add(static_cast<uint64_t>(message.date.has_value()));
  if (message.date) builder.add(static_cast<uint64_t>(message.date->utc_seconds));
}

std::string body_without_space(const Message& message) {
  std::string body;
  for (const Part& part : message.parts) {
    if (part.is_body) append_without_space(body, part.text);
  }
  return body;
}

bool has_attachment(const Message& message) {
  return std::any_of(message.parts.begin(), message.parts.end(), [](const Part& part) { return part.is_attachment; });
}

Digest mail_key(const Message& message) {
  const std::string body = body_without_space(message);
  const std::string bare_subject = without_space(message.subject);
  const std::string subject = lower_ascii(std::string(without_list_tags(bare_subject)));
  DigestBuilder builder;
  builder.add("mail");
  add_addresses(builder, {&message.from});
  add_date(builder, message);
  builder.add(subject);
  add_addresses(builder, {&message.to, &message.cc});
  builder.add(body);
  add_attachments(builder, message.parts);
  const bool is_blank = body.empty() && subject.empty() && !has_attachment(message);
  builder.add(is_blank ? std::string_view(message.message_id) : std::string_view());
  return builder.finish();
}

Digest record_key(const Message& message) {
  DigestBuilder builder;
  builder.add("record").add(message.id).add(message.text());
  builder.add(message.channel).add(message.thread_hint).add(message.subject).add(message.message_id);
  add_date(builder, message);
  for (const auto* list : {&message.from, &message.to, &message.cc, &message.bcc}) {
    builder.add(static_cast<uint64_t>(list->size()));
    for (const Participant& person : *list) builder.add(person.name).add(person.address);
  }
  return builder.finish();
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  return text;
}

}  // namespace

Digest content_key(const Message& message) { return message.id.empty() ? mail_key(message) : record_key(message); }

std::string message_public_id(const Message& message, const Digest& content_key) {
  return message.id.empty() ? content_key.hex_prefix(12) : message.id;
}

std::string edrm_mih(const Message& message) {
  std::string_view id = trimmed(message.message_id);
  if (id.starts_with('<') && id.ends_with('>') && id.size() >= 2) id = trimmed(id.substr(1, id.size() - 2));
  return id.empty() ? std::string() : md5_hex(id);
}

}  // namespace custos::stage
