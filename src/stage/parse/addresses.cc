#include <algorithm>

#include "base/utf8.h"
#include "stage/parse/charset.h"
#include "stage/parse/headers.h"

namespace custos::stage {
namespace {

// A line end and the blanks around it are one blank: folding inside a quoted name is no part of it (RFC 5322 §2.2.3).
std::string unfolded(const std::string& text) {
  if (text.find_first_of("\r\n") == std::string::npos) return text;
  std::string out;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
    if (!blank) out += c;
    if (blank && !out.ends_with(' ')) out += ' ';
  }
  return out;
}

std::string clean_text(const char* text) {
  if (text == nullptr) return {};
  const std::string_view view(text);
  std::string out = is_utf8(view) ? std::string(view) : utf8_repaired(view);
  const size_t begin = out.find_first_not_of(" \t\r\n");
  if (begin == std::string::npos) return {};
  return unfolded(out.substr(begin, out.find_last_not_of(" \t\r\n") - begin + 1));
}

document::Participant participant_of(InternetAddress* address) {
  document::Participant participant;
  participant.name = without_quotes(clean_text(internet_address_get_name(address)));
  participant.address =
      with_lower_domain(clean_text(internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(address))));
  return participant;
}

std::string_view trimmed(std::string_view text, std::string_view marks) {
  const size_t begin = text.find_first_not_of(marks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(marks) - begin + 1);
}

// Where the mailbox that begins at `at` ends: a comma or semicolon outside quotes, brackets and comments.
size_t mailbox_end(std::string_view field, size_t at) {
  char closes = '\0';
  for (; at < field.size(); ++at) {
    const char c = field[at];
    if (closes != '\0') {
      if (c == closes) closes = '\0';
      if (c == '\\') ++at;
    } else if (c == '"' || c == '(' || c == '<') {
      closes = c == '"' ? '"' : c == '(' ? ')' : '>';
    } else if (c == ',' || c == ';') {
      return at;
    }
  }
  return field.size();
}

struct Written {
  std::string_view name, address;
};

Written split_mailbox(std::string_view text) {
  const size_t open = text.rfind('<');
  if (open != std::string_view::npos && text.find('@', open) != std::string_view::npos) {
    return {text.substr(0, open), trimmed(text.substr(open + 1), " \t\r\n<>\"")};
  }
  const size_t at = text.find('@');
  const size_t begin = text.find_last_of(" \t\r\n:\"(", at) + 1;
  const size_t end = std::min(text.find_first_of(" \t\r\n\")", at), text.size());
  const std::string_view address = text.substr(begin, end - begin);
  const bool quoted = address.size() > 2 && address.front() == '\'' && address.back() == '\'';
  return {{}, quoted ? address.substr(1, address.size() - 2) : address};
}

struct Position {
  InternetAddressList* list;
  int next;
};

}  // namespace

std::string with_lower_domain(std::string_view address) {
  std::string out(address);
  const size_t at = out.rfind('@');
  if (at == std::string::npos) return out;
  for (size_t i = at; i < out.size(); ++i) {
    if (out[i] >= 'A' && out[i] <= 'Z') out[i] = static_cast<char>(out[i] - 'A' + 'a');
  }
  return out;
}

std::string without_quotes(std::string name) {
  const bool quoted = name.size() > 2 && name.front() == name.back() && (name.front() == '\'' || name.front() == '"');
  return quoted ? name.substr(1, name.size() - 2) : name;
}

void append_participants(InternetAddressList* list, uint32_t addresses_max, std::vector<document::Participant>& out,
                         Defects& defects) {
  if (list == nullptr) return;
  std::vector<Position> open = {{list, 0}};
  while (!open.empty()) {
    Position& here = open.back();
    if (here.next >= internet_address_list_length(here.list)) {
      open.pop_back();
      continue;
    }
    InternetAddress* address = internet_address_list_get_address(here.list, here.next++);
    if (INTERNET_ADDRESS_IS_GROUP(address)) {
      InternetAddressList* members = internet_address_group_get_members(INTERNET_ADDRESS_GROUP(address));
      if (members != nullptr) open.push_back({members, 0});
      continue;
    }
    if (out.size() >= addresses_max) return defects.add("addresses-too-many");
    document::Participant participant = participant_of(address);
    if (!participant.address.empty() || !participant.name.empty()) out.push_back(std::move(participant));
  }
}

std::vector<document::Participant> split_mailboxes(GMimeParserOptions* options, std::string_view field,
                                                   uint32_t addresses_max, Defects& defects) {
  static constexpr std::string_view kMarks = " \t\r\n,\"'";
  std::vector<document::Participant> out;
  size_t name_begin = 0;  // a name may hold commas: "Doe, Bob <b@example.com>"
  for (size_t at = 0; at < field.size() && out.size() < addresses_max;) {
    const size_t end = mailbox_end(field, at);
    const std::string_view piece = field.substr(at, end - at);
    at = end + 1;
    if (piece.find('@') == std::string_view::npos) continue;
    const bool named = piece.find('<') != std::string_view::npos;
    const Written written = split_mailbox(named ? field.substr(name_begin, end - name_begin) : piece);
    name_begin = at;
    document::Participant participant;
    participant.name = without_quotes(decode_header_text(options, trimmed(written.name, kMarks), defects));
    participant.address = with_lower_domain(decode_header_text(options, written.address, defects));
    if (!participant.address.empty()) out.push_back(std::move(participant));
  }
  return out;
}

std::vector<document::Participant> read_mailboxes(std::string text, const ParseLimits& limits, Defects& defects) {
  size_t colons = 0;
  for (char& c : text) {
    if (c == ':' && ++colons > limits.address_colons_max) c = ' ';
  }
  std::vector<document::Participant> out;
  InternetAddressList* list = internet_address_list_parse(nullptr, text.c_str());
  if (list == nullptr) return out;
  append_participants(list, limits.addresses_max, out, defects);
  g_object_unref(list);
  return out;
}

}  // namespace custos::stage
