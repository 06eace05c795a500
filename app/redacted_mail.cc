#include "app/redacted_mail.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string_view>
#include <vector>

namespace custos::app {
namespace {

using document::Participant;
using document::Record;

// A header field's value on one line: nothing in it can begin another field.
std::string one_line(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return c == '\n' || c == '\r' || c == '\0'; }, ' ');
  return text;
}

std::string addresses(const std::vector<Participant>& participants) {
  std::string all;
  for (const Participant& participant : participants) {
    if (!all.empty()) all += ", ";
    all += participant.name.empty() ? participant.address
                                    : fmt::format("\"{}\" <{}>", participant.name, participant.address);
  }
  return all;
}

void add_field(std::string& mail, std::string_view name, const std::string& value) {
  if (!value.empty()) mail += fmt::format("{}: {}\n", name, one_line(value));
}

// RFC 5322 date in UTC.
std::string mail_date(const document::Timestamp& date) {
  using namespace std::chrono;
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = floor<days>(sys_seconds{seconds{date.utc_seconds}});
  const year_month_day calendar{day};
  const std::string rfc3339 = date.rfc3339();
  return fmt::format("{}, {:02} {} {:04} {} +0000", kDays[weekday{day}.c_encoding()],
                     static_cast<unsigned>(calendar.day()), kMonths[static_cast<unsigned>(calendar.month()) - 1],
                     static_cast<int>(calendar.year()), rfc3339.substr(rfc3339.find('T') + 1, 8));
}

std::string load_file_field(std::string text) {
  std::string out = "\u00fe";
  for (const char c : text) {
    if (c == '\n') {
      out += "\u00ae";
    } else if (c != '\r' && c != '\x14') {
      out += c;
    }
  }
  return out + "\u00fe";
}

std::string load_file_line(const std::vector<std::string>& fields) {
  std::string line;
  for (const std::string& field : fields) {
    if (!line.empty()) line += '\x14';
    line += load_file_field(field);
  }
  return line + "\r\n";
}

}  // namespace

std::string redacted_mail(const Record& record, const std::string& thread) {
  std::string mail;
  add_field(mail, "From", addresses(record.from));
  add_field(mail, "To", addresses(record.to));
  add_field(mail, "Cc", addresses(record.cc));
  add_field(mail, "Subject", record.subject.text());
  if (record.date) add_field(mail, "Date", mail_date(*record.date));
  if (!record.message_id.empty()) add_field(mail, "Message-ID", "<" + record.message_id + ">");
  for (const std::string& id : record.in_reply_to) add_field(mail, "In-Reply-To", "<" + id + ">");
  add_field(mail, "X-Custos-Id", record.id);
  add_field(mail, "X-Custos-Thread", thread);
  for (const document::RecordPart& part : record.parts) {
    if (part.is_body) continue;
    add_field(mail, "X-Custos-Part",
              fmt::format("{} {} {} bytes sha256={} {}", part.number, part.content_type, part.bytes, part.sha256.hex(),
                          part.name.text()));
  }
  mail += "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n";
  mail += record.text.text();
  if (!mail.ends_with('\n')) mail += '\n';
  return mail;
}

std::string mbox_entry(const Record& record, const std::string& thread) {
  const std::string mail = redacted_mail(record, thread);
  std::string entry = "From custos@localhost Thu Jan  1 00:00:00 1970\n";
  for (size_t begin = 0; begin < mail.size();) {
    const size_t end = std::min(mail.find('\n', begin), mail.size());
    const std::string_view line = std::string_view(mail).substr(begin, end - begin);
    const size_t quotes = std::min(line.find_first_not_of('>'), line.size());
    if (line.substr(quotes).starts_with("From ")) entry += '>';
    entry += line;
    entry += '\n';
    begin = end + 1;
  }
  return entry + "\n";
}

std::string load_file_head() {
  return "\xef\xbb\xbf" + load_file_line({"DOCID", "MESSAGEID", "EDRMMIH", "THREAD", "SENTDATE", "FROM", "TO", "CC",
                                          "SUBJECT", "ATTACHMENTS", "TEXT"});
}

std::string load_file_row(const Record& record, const std::string& thread) {
  std::string attachments;
  for (const document::RecordPart& part : record.parts) {
    if (part.is_attachment) attachments += (attachments.empty() ? "" : "; ") + part.name.text();
  }
  return load_file_line({record.id, record.message_id, record.edrm_mih, thread,
                         record.date ? record.date->rfc3339() : "", addresses(record.from), addresses(record.to),
                         addresses(record.cc), record.subject.text(), attachments, record.text.text()});
}

}  // namespace custos::app
