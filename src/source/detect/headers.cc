#include "source/detect/headers.h"

#include <algorithm>
#include <array>

namespace custos::source {
namespace {

constexpr size_t kNameMax = 76;
constexpr int kMalformedMax = 3;

// Sorted; lower case.
constexpr std::array<std::string_view, 34> kMailFields = {"apparently-to",
                                                          "arc-seal",
                                                          "authentication-results",
                                                          "bcc",
                                                          "cc",
                                                          "content-transfer-encoding",
                                                          "content-type",
                                                          "date",
                                                          "delivered-to",
                                                          "dkim-signature",
                                                          "envelope-to",
                                                          "errors-to",
                                                          "from",
                                                          "in-reply-to",
                                                          "list-id",
                                                          "list-unsubscribe",
                                                          "message-id",
                                                          "mime-version",
                                                          "newsgroups",
                                                          "received",
                                                          "references",
                                                          "reply-to",
                                                          "resent-date",
                                                          "resent-from",
                                                          "return-path",
                                                          "sender",

                                                          "subject",
                                                          "thread-index",
                                                          "thread-topic",
                                                          "to",
                                                          "x-mailer",
                                                          "x-mozilla-status",
                                                          "x-originating-ip",
                                                          "x-received"};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool known(std::string_view name) {
  std::array<char, kNameMax> buffer{};
  std::transform(name.begin(), name.end(), buffer.begin(), lower);
  return std::binary_search(kMailFields.begin(), kMailFields.end(), std::string_view(buffer.data(), name.size()));
}

std::string_view without_return(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

struct Tally {
  int mail_fields = 0;
  int fields = 0;
  int malformed = 0;

  // False where it cannot be a header block any more.
  bool add(std::string_view line) {
    const bool folded = line.front() == ' ' || line.front() == '\t';
    if (folded) return fields > 0;
    const size_t length = field_name_length(line);
    if (length == 0) return fields > 0 && ++malformed <= kMalformedMax && mail_fields >= 2;
    ++fields;
    mail_fields += known(line.substr(0, length)) ? 1 : 0;
    return true;
  }
};

}  // namespace

size_t field_name_length(std::string_view line) {
  size_t length = 0;
  while (length < line.size() && length < kNameMax && line[length] > 32 && line[length] < 127 && line[length] != ':') {
    ++length;
  }
  size_t colon = length;
  while (colon < line.size() && (line[colon] == ' ' || line[colon] == '\t')) ++colon;  // obsolete syntax, section 4.5
  return colon < line.size() && line[colon] == ':' && length > 0 ? length : 0;
}

size_t blank_prefix(std::string_view text) {
  size_t at = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  while (at < text.size() && (text[at] == '\n' || text[at] == '\r')) ++at;
  return at;
}

bool is_mail_field(std::string_view line) {
  const size_t length = field_name_length(line);
  return length > 0 && known(line.substr(0, length));
}

bool begins_with_headers(std::string_view head, bool whole) {
  head.remove_prefix(blank_prefix(head));
  Tally tally;
  bool first = true;
  while (true) {
    const size_t newline = head.find('\n');
    if (newline == head.npos && !whole) return tally.mail_fields >= 1;  // a block longer than what was looked at
    const std::string_view line = without_return(head.substr(0, newline));
    if (line.empty()) return tally.mail_fields >= 1;
    const bool envelope = first && (line.starts_with("From ") || line.starts_with(">From "));
    if (!envelope && !tally.add(line)) return tally.mail_fields >= 2;
    if (newline == head.npos) return tally.mail_fields >= 1;
    head.remove_prefix(newline + 1);
    first = false;
  }
}

}  // namespace custos::source
