#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "base/json_reader.h"
#include "base/utf8.h"
#include "stage/parse/charset.h"
#include "stage/parse/date.h"
#include "stage/parse/defects.h"
#include "stage/parse/gmime_library.h"
#include "stage/parse/headers.h"
#include "stage/parse/json_check.h"
#include "stage/parse/parse.h"

namespace custos::stage {
namespace {

constexpr double kEpochMillisecondsMin = 1e11;  // later than the year 5000 if it were seconds

std::string text_of(std::string_view value) { return with_plain_line_ends(std::string(value)); }

// A string, or a number as it would be written; empty for anything else.
std::string id_of(JsonValue value) {
  if (const auto text = value.string()) return text_of(*text);
  return value.whole_number().value_or(std::string());
}

class RecordReader {
 public:
  RecordReader(JsonValue object, const ParseLimits& limits) : object_(object), limits_(limits) {}

  Result<document::Message> read() {
    const auto field = object_.member("text");
    const auto text = field ? field->string() : std::nullopt;
    if (!text) {
      return Error{Code::kCorrupt, "record: \"text\" is missing or not a string"};
    }
    document::Message message;
    message.id = id_field();
    if (message.id.empty()) return Error{Code::kCorrupt, "record: \"id\" is missing, or neither a string nor a number"};
    message.parts.push_back(body(*text));
    message.subject = text_field("subject");
    message.channel = text_field("channel");
    message.thread_hint = id_field("thread");
    message.message_id = first_id("message_id");
    message.in_reply_to = ids("in_reply_to");
    message.references = ids("references");
    message.from = people("from");
    message.to = people("to");
    message.cc = people("cc");
    message.bcc = people("bcc");
    read_when(message);
    message.defects = std::move(defects_).take_sorted();
    return message;
  }

 private:
  std::string id_field(std::string_view name = "id") {
    const auto value = object_.member(name);
    return value ? id_of(*value) : std::string();
  }

  std::string text_field(std::string_view name) {
    const auto value = object_.member(name);
    const auto text = value ? value->string() : std::nullopt;
    return text ? text_of(*text) : std::string();
  }

  document::Part body(std::string_view text) {
    document::Part part;
    part.number = "1";
    part.content_type = "text/plain";
    part.charset = "utf-8";
    part.bytes = text.size();
    part.sha256 = sha256(text);
    part.is_body = true;
    part.text = text_of(limited_text(text, limits_.text_bytes_max, defects_));
    if (text.find('\0') != std::string_view::npos) defects_.add("nul-bytes");
    return part;
  }

  // ---- ids
  void append_ids(JsonValue value, std::vector<std::string>& out) {
    const std::string id = id_of(value);
    if (id.empty()) return;
    auto read = read_message_ids(id, limits_.references_max);
    if (read.empty()) read.push_back(id);
    for (std::string& one : read) {
      if (out.size() < limits_.references_max) out.push_back(std::move(one));
    }
  }

  std::vector<std::string> ids(std::string_view name) {
    std::vector<std::string> out;
    const auto value = object_.member(name);
    if (!value) return out;
    if (!value->is_array()) append_ids(*value, out);
    value->for_each([&](JsonValue one) { append_ids(one, out); });
    return out;
  }

  std::string first_id(std::string_view name) {
    auto all = ids(name);
    return all.empty() ? std::string() : std::move(all.front());
  }

  // ---- participants
  void append_people(JsonValue value, std::vector<document::Participant>& out) {
    if (out.size() >= limits_.addresses_max) return defects_.add("addresses-too-many");
    if (const auto written = value.string()) {
      append_written(text_of(*written), out);
    } else if (value.is_object()) {
      document::Participant participant;
      if (const auto name = value.member("name"); name && name->string()) participant.name = text_of(*name->string());
      if (const auto address = value.member("address"); address && address->string()) {
        participant.address = with_lower_domain(text_of(*address->string()));
      }
      if (!participant.name.empty() || !participant.address.empty()) out.push_back(std::move(participant));
    }
  }

  // "A <a@b>, c@d", or a chat's bare name.
  void append_written(const std::string& text, std::vector<document::Participant>& out) {
    if (text.find('@') == std::string::npos) {
      if (text.find_first_not_of(" \t\n") != std::string::npos) out.push_back({text, ""});
      return;
    }
    auto read = read_mailboxes(text, limits_, defects_);
    out.insert(out.end(), std::make_move_iterator(read.begin()), std::make_move_iterator(read.end()));
  }

  std::vector<document::Participant> people(std::string_view name) {
    std::vector<document::Participant> out;
    const auto value = object_.member(name);
    if (!value) return out;
    if (!value->is_array()) append_people(*value, out);
    value->for_each([&](JsonValue one) { append_people(one, out); });
    return out;
  }

  // ---- date
  void read_when(document::Message& message) {
    const auto value = object_.member("date");
    if (!value || value->is_null()) return;
    if (const auto written = value->string()) {
      if (const auto read = read_date(*written)) message.date = read->timestamp;
    } else if (const auto number = value->number(); number && std::abs(*number) < 1e15) {
      const double seconds = std::abs(*number) >= kEpochMillisecondsMin ? *number / 1000 : *number;
      message.date = document::Timestamp{static_cast<int64_t>(std::floor(seconds)), 0};
    }
    if (!message.date) defects_.add("bad-date");
  }

  JsonValue object_;
  const ParseLimits& limits_;
  Defects defects_;
};

Error broken_line(std::string_view line, const Error& why, const ParseLimits& limits) {
  const size_t offset = json_fault_offset(line, limits.json_depth_max);
  return Error{Code::kCorrupt, "record: " + why.message + " at byte " + std::to_string(offset)};
}

}  // namespace

Result<document::Message> parse_record(std::string_view json_line, const ParseLimits& limits) {
  if (json_line.size() > limits.raw_bytes_max) {
    return Error{Code::kLimit, "record of " + std::to_string(json_line.size()) + " bytes is larger than " +
                                   std::to_string(limits.raw_bytes_max)};
  }
  start_gmime();  // for the addresses
  const auto json = JsonDocument::parse(json_line, limits.json_depth_max);
  if (!json.ok()) return broken_line(json_line, json.error(), limits);
  if (!json->root().is_object()) return Error{Code::kCorrupt, "record: not a JSON object at byte 0"};
  return RecordReader(json->root(), limits).read();
}

}  // namespace custos::stage
