#include "stage/deduplicate/deduplicate.h"

#include <algorithm>
#include <vector>

#include "stage/deduplicate/without_space.h"

namespace custos::stage {
namespace {

using document::Message;
using document::Part;
using document::Participant;

std::string without_space(std::string_view text) {
  std::string out;
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

void lower_ascii(std::string& text, size_t begin) {
  for (size_t i = begin; i < text.size(); ++i) {
    if (text[i] >= 'A' && text[i] <= 'Z') text[i] = static_cast<char>(text[i] - 'A' + 'a');
  }
}

// Addresses in their normal form, in two blocks of memory.
class AddressTexts {
 public:
  void add(std::string_view address) {
    const size_t begin = bytes_.size();
    append_without_space(bytes_, address);
    lower_ascii(bytes_, begin);
    ends_.push_back(bytes_.size());
  }
  [[nodiscard]] std::vector<std::string_view> sorted_unique() const {
    std::vector<std::string_view> texts;
    texts.reserve(ends_.size());
    size_t begin = 0;
    for (const size_t end : ends_) {
      texts.push_back(std::string_view(bytes_).substr(begin, end - begin));
      begin = end;
    }
    std::sort(texts.begin(), texts.end());
    texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
    return texts;
  }

 private:
  std::string bytes_;
  std::vector<size_t> ends_;
};

void add_addresses(DigestBuilder& builder, const std::vector<Participant>& first,
                   const std::vector<Participant>& second) {
  AddressTexts texts;
  for (const auto* list : {&first, &second}) {
    for (const Participant& person : *list) texts.add(person.address);
  }
  const std::vector<std::string_view> addresses = texts.sorted_unique();
  builder.add(static_cast<uint64_t>(addresses.size()));
  for (const std::string_view address : addresses) builder.add(address);
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
  std::string bare_subject = without_space(message.subject);
  lower_ascii(bare_subject, 0);
  const std::string_view subject = without_list_tags(bare_subject);
  DigestBuilder builder;
  builder.add("mail");
  add_addresses(builder, message.from, {});
  add_date(builder, message);
  builder.add(subject);
  add_addresses(builder, message.to, message.cc);
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
