#include "stage/parse/headers.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string_view>

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

using Values = std::vector<std::string_view>;

// The first field of each name, and all of those that may be several; others own the bytes.
struct Fields {
  std::optional<std::string_view> subject, date, message_id, list_id;
  Values from, to, cc, bcc;
  Values in_reply_to, references;
};

void take_first(std::optional<std::string_view>& slot, std::string_view value) {
  if (!slot) slot = value;
}

void sort_field(const HeaderField& field, Fields& fields) {
  switch (field.name) {
    case FieldName::kTo:
      return fields.to.push_back(field.value);
    case FieldName::kCc:
      return fields.cc.push_back(field.value);
    case FieldName::kBcc:
      return fields.bcc.push_back(field.value);
    case FieldName::kFrom:
      return fields.from.push_back(field.value);
    case FieldName::kReferences:
      return fields.references.push_back(field.value);
    case FieldName::kInReplyTo:
      return fields.in_reply_to.push_back(field.value);
    case FieldName::kDate:
      return take_first(fields.date, field.value);
    case FieldName::kSubject:
      return take_first(fields.subject, field.value);
    case FieldName::kListId:
      return take_first(fields.list_id, field.value);
    case FieldName::kMessageId:
      return take_first(fields.message_id, field.value);
    default:
      return;
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
    if (name != nullptr && value != nullptr) {
      sort_field({field_name(trimmed_field(name)), trimmed_field(value)}, fields);
    }
  }
  return fields;
}

void read_message_date(std::optional<std::string_view> raw, document::Message& message, Defects& defects) {
  if (!raw || raw->empty()) return defects.add("missing-date");
  const auto read = read_date(*raw);
  if (read) message.date = read->timestamp;
  if (read && read->standard) return;
  defects.add("bad-date");
  if (read) return;
  GDateTime* date = g_mime_utils_header_decode_date(std::string(*raw).c_str());
  if (date == nullptr) return;
  message.date = document::Timestamp{g_date_time_to_unix(date),
                                     static_cast<int32_t>(g_date_time_get_utc_offset(date) / (60 * G_USEC_PER_SEC))};
  g_date_time_unref(date);
}

std::string read_list_id(GMimeParserOptions* options, std::string_view value, Defects& defects) {
  const size_t open = value.rfind('<');
  const size_t close = value.rfind('>');
  if (open != std::string_view::npos && close != std::string_view::npos && open < close) {
    return decode_header_text(options, value.substr(open + 1, close - open - 1), defects);
  }
  return decode_header_text(options, value, defects);
}

std::string joined(const Values& values, std::string_view separator) {
  std::string all;
  for (const std::string_view value : values) all.append(all.empty() ? "" : separator).append(value);
  return all;
}

std::vector<std::string> ids_of(const Values& values, uint32_t ids_max) {
  return values.empty() ? std::vector<std::string>() : read_message_ids(joined(values, " "), ids_max);
}

size_t count_addresses(const std::vector<document::Participant>& people) {
  return static_cast<size_t>(std::count_if(people.begin(), people.end(), [](const document::Participant& person) {
    return std::count(person.address.begin(), person.address.end(), '@') == 1;
  }));
}

// Where GMime found fewer addresses than the field holds "@", the field is split plainly; where it holds none, it is
// kept as it is, so that nobody is lost.
void recover_people(GMimeParserOptions* options, const Values& values, const ParseLimits& limits,
                    std::vector<document::Participant>& out, Defects& defects) {
  size_t marks = 0;
  for (const std::string_view value : values) marks += static_cast<size_t>(std::count(value.begin(), value.end(), '@'));
  const size_t found = count_addresses(out);
  if (values.empty() || (marks <= found && (marks > 0 || !out.empty()))) return;
  const std::string all = joined(values, ", ");
  const std::string_view value = trimmed_field(all);
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

// Several fields of one name are one list: all of them are simple, or none is taken for it.
bool read_simple_people(const Values& values, const ParseLimits& limits, std::vector<document::Participant>& out,
                        Defects& defects) {
  bool has_odd_dots = false;
  for (const std::string_view value : values) {
    const SimpleList list = append_simple_addresses(value, limits.addresses_max, out);
    has_odd_dots |= list == SimpleList::kOddDots;
    if (list != SimpleList::kNo) continue;
    out.clear();
    return false;
  }
  if (has_odd_dots) defects.add("bad-address");
  return true;
}

void read_people(const Values& values, GMimeParserOptions* options, const ParseLimits& limits,
                 std::vector<document::Participant>& out, Defects& defects) {
  if (read_simple_people(values, limits, out, defects)) return;
  for (const std::string_view value : values) {
    InternetAddressList* list = internet_address_list_parse(options, std::string(value).c_str());
    if (list == nullptr) continue;
    append_participants(list, limits.addresses_max, out, defects);
    g_object_unref(list);
  }
  recover_people(options, values, limits, out, defects);
}

void recover_lists(const Fields& fields, GMimeParserOptions* options, const ParseLimits& limits,
                   document::Message& message, Defects& defects) {
  recover_people(options, fields.from, limits, message.from, defects);
  recover_people(options, fields.to, limits, message.to, defects);
  recover_people(options, fields.cc, limits, message.cc, defects);
  recover_people(options, fields.bcc, limits, message.bcc, defects);
}

void append_id(std::string_view raw, std::vector<std::string>& out) {
  std::string id(raw.substr(0, kIdBytesMax));
  std::erase_if(id, is_blank);
  if (!is_utf8(id)) id = utf8_repaired(id);
  if (!id.empty() && std::find(out.begin(), out.end(), id) == out.end()) out.push_back(std::move(id));
}

// Ids without brackets: a lone word, or words that all hold an "@". Prose is none.
std::vector<std::string> bare_ids(std::string_view value, uint32_t ids_max) {
  std::vector<std::string> out;
  const bool lone = value.find_first_of(" \t\r\n<>\"") == std::string_view::npos;
  while (!value.empty() && out.size() < ids_max) {
    const size_t end = std::min(value.find_first_of(" \t\r\n"), value.size());
    const std::string_view word = value.substr(0, end);
    if (!lone && word.find('@') == std::string_view::npos) return {};
    append_id(word, out);
    value = trimmed_field(value.substr(end));
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
  std::vector<std::string> out;
  for (size_t open = value.find('<'); open != std::string_view::npos && out.size() < ids_max;) {
    const size_t close = value.find_first_of("<>", open + 1);
    if (close == std::string_view::npos) break;
    if (value[close] == '>') append_id(value.substr(open + 1, close - open - 1), out);
    open = value[close] == '<' ? close : value.find('<', close);
  }
  if (!out.empty()) return out;
  return bare_ids(trimmed_field(value), ids_max);
}

namespace {

// Everything but the people.
void read_fields(const Fields& fields, GMimeParserOptions* options, const ParseLimits& limits,
                 document::Message& message, Defects& defects) {
  if (fields.subject) message.subject = decode_header_text(options, *fields.subject, defects);
  read_message_date(fields.date, message, defects);
  if (fields.message_id) {
    auto ids = read_message_ids(*fields.message_id, 1);
    if (!ids.empty()) message.message_id = std::move(ids.front());
  }
  if (message.message_id.empty()) defects.add("missing-message-id");
  if (fields.list_id) message.list_id = read_list_id(options, *fields.list_id, defects);
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

void read_plain_headers(const std::vector<HeaderField>& plain, GMimeParserOptions* options, const ParseLimits& limits,
                        document::Message& message, Defects& defects) {
  Fields fields;
  for (const HeaderField& field : plain) sort_field(field, fields);
  read_fields(fields, options, limits, message, defects);
  read_people(fields.from, options, limits, message.from, defects);
  read_people(fields.to, options, limits, message.to, defects);
  read_people(fields.cc, options, limits, message.cc, defects);
  read_people(fields.bcc, options, limits, message.bcc, defects);
  if (message.from.empty()) defects.add("missing-from");
}

}  // namespace custos::stage
