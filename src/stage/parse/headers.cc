#include "stage/parse/headers.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <string_view>
#include <unordered_set>

#include "base/utf8.h"
#include "stage/parse/charset.h"
#include "stage/parse/date.h"

namespace custos::stage {
namespace {

constexpr size_t kIdBytesMax = 998;  // RFC 5322's longest line
constexpr size_t kBadAddressBytesMax = 320;

struct GFree {
  void operator()(void* pointer) const { g_free(pointer); }
};
using GText = std::unique_ptr<char, GFree>;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::string collapsed(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (!is_blank(c)) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// The first field of each name; GMime owns the bytes.
struct Fields {
  const char* subject = nullptr;
  const char* date = nullptr;
  const char* message_id = nullptr;
  const char* list_id = nullptr;
  std::vector<const char*> from, to, cc, bcc;
  std::vector<const char*> in_reply_to, references;
};

void take_first(const char*& slot, const char* value) {
  if (slot == nullptr) slot = value;
}

void sort_field(std::string_view name, const char* value, Fields& fields) {
  const auto is = [&](std::string_view other) {
    return name.size() == other.size() && g_ascii_strncasecmp(name.data(), other.data(), name.size()) == 0;
  };
  switch (name.size()) {
    case 2:
      if (is("to")) fields.to.push_back(value);
      if (is("cc")) fields.cc.push_back(value);
      break;
    case 3:
      if (is("bcc")) fields.bcc.push_back(value);
      break;
    case 4:
      if (is("date")) take_first(fields.date, value);
      if (is("from")) fields.from.push_back(value);
      break;
    case 7:
      if (is("subject")) take_first(fields.subject, value);
      if (is("list-id")) take_first(fields.list_id, value);
      break;
    case 10:
      if (is("message-id")) take_first(fields.message_id, value);
      if (is("references")) fields.references.push_back(value);
      break;
    case 11:
      if (is("in-reply-to")) fields.in_reply_to.push_back(value);
      break;
    default:
      break;
  }
}

Fields collect_fields(GMimeMessage* mail) {
  Fields fields;
  GMimeHeaderList* list = g_mime_object_get_header_list(GMIME_OBJECT(mail));
  const int count = g_mime_header_list_get_count(list);
  for (int i = 0; i < count; ++i) {
    GMimeHeader* header = g_mime_header_list_get_header_at(list, i);
    const char* name = g_mime_header_get_name(header);
    const char* value = g_mime_header_get_raw_value(header);
    if (name != nullptr && value != nullptr) sort_field(trimmed(name), value, fields);
  }
  return fields;
}

void read_message_date(const char* raw, document::Message& message, Defects& defects) {
  if (raw == nullptr || trimmed(raw).empty()) return defects.add("missing-date");
  const auto read = read_date(raw);
  if (read) message.date = read->timestamp;
  if (read && read->standard) return;
  defects.add("bad-date");
  if (read) return;
  GDateTime* date = g_mime_utils_header_decode_date(raw);
  if (date == nullptr) return;
  message.date = document::Timestamp{g_date_time_to_unix(date),
                                     static_cast<int32_t>(g_date_time_get_utc_offset(date) / (60 * G_USEC_PER_SEC))};
  g_date_time_unref(date);
}

std::string read_list_id(GMimeParserOptions* options, const char* raw, Defects& defects) {
  if (raw == nullptr) return {};
  const std::string_view value = trimmed(raw);
  const size_t open = value.rfind('<');
  const size_t close = value.rfind('>');
  if (open != std::string_view::npos && close != std::string_view::npos && open < close) {
    return decode_header_text(options, value.substr(open + 1, close - open - 1), defects);
  }
  return decode_header_text(options, value, defects);
}

std::vector<std::string> ids_of(const std::vector<const char*>& values, uint32_t ids_max) {
  std::string all;
  for (const char* value : values) all.append(value).push_back(' ');
  return all.empty() ? std::vector<std::string>() : read_message_ids(all, ids_max);
}

std::string joined(const std::vector<const char*>& values) {
  std::string all;
  for (const char* value : values) all.append(all.empty() ? "" : ", ").append(value);
  return all;
}

size_t count_addresses(const std::vector<document::Participant>& people) {
  return static_cast<size_t>(std::count_if(people.begin(), people.end(), [](const document::Participant& person) {
    return std::count(person.address.begin(), person.address.end(), '@') == 1;
  }));
}

// Where GMime found fewer addresses than the field holds "@", the field is split plainly; where it holds none, it is
// kept as it is, so that nobody is lost.
void recover_people(GMimeParserOptions* options, const std::vector<const char*>& values, const ParseLimits& limits,
                    std::vector<document::Participant>& out, Defects& defects) {
  size_t marks = 0;
  for (const char* value : values) marks += static_cast<size_t>(std::count(value, value + std::strlen(value), '@'));
  const size_t found = count_addresses(out);
  if (marks <= found && (marks > 0 || !out.empty())) return;
  const std::string all = joined(values);
  const std::string_view value = trimmed(all);
  auto split = split_mailboxes(options, value, limits.addresses_max, defects);
  if (split.size() > found) {
    defects.add("bad-address");
    out = std::move(split);
  }
  const bool empty_group = value.ends_with(';') || value.ends_with(":") || value == "<>";
  if (!out.empty() || value.empty() || empty_group) return;
  defects.add("bad-address");
  const std::string text = decode_header_text(options, value, defects);
  out.push_back({"", std::string(utf8_truncated(text, kBadAddressBytesMax))});
}

// From, To, Cc and Bcc as GMime reads them; what it drops is not yet recovered.
void lists_of_mail(GMimeMessage* mail, const ParseLimits& limits, document::Message& message, Defects& defects) {
  append_participants(g_mime_message_get_from(mail), limits.addresses_max, message.from, defects);
  append_participants(g_mime_message_get_to(mail), limits.addresses_max, message.to, defects);
  append_participants(g_mime_message_get_cc(mail), limits.addresses_max, message.cc, defects);
  append_participants(g_mime_message_get_bcc(mail), limits.addresses_max, message.bcc, defects);
}

void lists_of_fields(const Fields& fields, GMimeParserOptions* options, const ParseLimits& limits,
                     document::Message& message, Defects& defects) {
  const auto read = [&](const std::vector<const char*>& values, std::vector<document::Participant>& out) {
    for (const char* value : values) {
      if (append_bare_addresses(value, limits.addresses_max, out)) continue;
      InternetAddressList* list = internet_address_list_parse(options, value);
      if (list == nullptr) continue;
      append_participants(list, limits.addresses_max, out, defects);
      g_object_unref(list);
    }
  };
  read(fields.from, message.from);
  read(fields.to, message.to);
  read(fields.cc, message.cc);
  read(fields.bcc, message.bcc);
}

void recover_lists(const Fields& fields, GMimeParserOptions* options, const ParseLimits& limits,
                   document::Message& message, Defects& defects) {
  recover_people(options, fields.from, limits, message.from, defects);
  recover_people(options, fields.to, limits, message.to, defects);
  recover_people(options, fields.cc, limits, message.cc, defects);
  recover_people(options, fields.bcc, limits, message.bcc, defects);
}

void append_id(std::string_view raw, std::unordered_set<std::string>& seen, std::vector<std::string>& out) {
  std::string id;
  for (const char c : raw.substr(0, kIdBytesMax)) {
    if (!is_blank(c)) id += c;
  }
  if (!is_utf8(id)) id = utf8_repaired(id);
  if (!id.empty() && seen.insert(id).second) out.push_back(std::move(id));
}

// Ids without brackets: a lone word, or words that all hold an "@". Prose is none.
std::vector<std::string> bare_ids(std::string_view value, uint32_t ids_max) {
  std::unordered_set<std::string> seen;
  std::vector<std::string> out;
  const bool lone = value.find_first_of(" \t\r\n<>\"") == std::string_view::npos;
  while (!value.empty() && out.size() < ids_max) {
    const size_t end = std::min(value.find_first_of(" \t\r\n"), value.size());
    const std::string_view word = value.substr(0, end);
    if (!lone && word.find('@') == std::string_view::npos) return {};
    append_id(word, seen, out);
    value = trimmed(value.substr(end));
  }
  return out;
}

}  // namespace

std::string decode_header_text(GMimeParserOptions* options, std::string_view raw, Defects& defects) {
  const bool ascii = std::none_of(raw.begin(), raw.end(), [](char c) { return (c & 0x80) != 0; });
  const bool encoded = raw.find("=?") != std::string_view::npos;
  if (ascii && !encoded) return collapsed(raw);
  if (!encoded) return collapsed(decode_charset(raw, "", defects));
  const std::string terminated(raw);
  const GText decoded(g_mime_utils_header_decode_text(options, terminated.c_str()));
  if (!decoded) return collapsed(utf8_repaired(raw));
  const std::string_view text(decoded.get());
  return collapsed(is_utf8(text) ? text : std::string_view(utf8_repaired(text)));
}

std::vector<std::string> read_message_ids(std::string_view value, uint32_t ids_max) {
  std::unordered_set<std::string> seen;
  std::vector<std::string> out;
  for (size_t open = value.find('<'); open != std::string_view::npos && out.size() < ids_max;) {
    const size_t close = value.find_first_of("<>", open + 1);
    if (close == std::string_view::npos) break;
    if (value[close] == '>') append_id(value.substr(open + 1, close - open - 1), seen, out);
    open = value[close] == '<' ? close : value.find('<', close);
  }
  if (!out.empty()) return out;
  return bare_ids(trimmed(value), ids_max);
}

namespace {

// Everything but the people.
void read_fields(const Fields& fields, GMimeParserOptions* options, const ParseLimits& limits,
                 document::Message& message, Defects& defects) {
  if (fields.subject != nullptr) message.subject = decode_header_text(options, fields.subject, defects);
  read_message_date(fields.date, message, defects);
  if (fields.message_id != nullptr) {
    auto ids = read_message_ids(fields.message_id, 1);
    if (!ids.empty()) message.message_id = std::move(ids.front());
  }
  if (message.message_id.empty()) defects.add("missing-message-id");
  message.list_id = read_list_id(options, fields.list_id, defects);
  message.in_reply_to = ids_of(fields.in_reply_to, limits.references_max);
  message.references = ids_of(fields.references, limits.references_max);
}

}  // namespace

void read_headers(GMimeMessage* mail, GMimeParserOptions* options, const ParseLimits& limits,
                  document::Message& message, Defects& defects) {
  const Fields fields = collect_fields(mail);
  read_fields(fields, options, limits, message, defects);
  lists_of_mail(mail, limits, message, defects);
  recover_lists(fields, options, limits, message, defects);
  if (message.from.empty()) {
    append_participants(g_mime_message_get_sender(mail), limits.addresses_max, message.from, defects);
  }
  if (message.from.empty()) defects.add("missing-from");
}

void read_plain_headers(const std::vector<PlainField>& plain, GMimeParserOptions* options, const ParseLimits& limits,
                        document::Message& message, Defects& defects) {
  Fields fields;
  for (const PlainField& field : plain) sort_field(field.name, field.value.c_str(), fields);
  read_fields(fields, options, limits, message, defects);
  lists_of_fields(fields, options, limits, message, defects);
  recover_lists(fields, options, limits, message, defects);
  if (message.from.empty()) defects.add("missing-from");
}

}  // namespace custos::stage
