#include <simdjson.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

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

namespace dom = simdjson::dom;

constexpr double kEpochMillisecondsMin = 1e11;  // later than the year 5000 if it were seconds

std::string text_of(std::string_view value) { return with_plain_line_ends(std::string(value)); }

// A string, or a number as it would be written; empty for anything else.
std::string id_of(dom::element value) {
  if (value.is_string()) return text_of(value.get_string().value_unsafe());
  if (value.is_int64()) return std::to_string(value.get_int64().value_unsafe());
  if (value.is_uint64()) return std::to_string(value.get_uint64().value_unsafe());
  return {};
}

class RecordReader {
 public:
  RecordReader(dom::object object, const ParseLimits& limits) : object_(object), limits_(limits) {}

  Result<document::Message> read() {
    dom::element text;
    if (object_["text"].get(text) != simdjson::SUCCESS || !text.is_string()) {
      return Error{Code::kCorrupt, "record: \"text\" is missing or not a string"};
    }
    document::Message message;
    message.id = id_field();
    if (message.id.empty()) return Error{Code::kCorrupt, "record: \"id\" is missing, or neither a string nor a number"};
    message.parts.push_back(body(text.get_string().value_unsafe()));
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
    dom::element value;
    return object_[name].get(value) == simdjson::SUCCESS ? id_of(value) : std::string();
  }

  std::string text_field(std::string_view name) {
    std::string_view value;
    return object_[name].get_string().get(value) == simdjson::SUCCESS ? text_of(value) : std::string();
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
  void append_ids(dom::element value, std::vector<std::string>& out) {
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
    dom::element value;
    if (object_[name].get(value) != simdjson::SUCCESS) return out;
    if (!value.is_array()) {
      append_ids(value, out);
      return out;
    }
    const dom::array array = value.get_array().value_unsafe();
    for (const dom::element one : array) append_ids(one, out);
    return out;
  }

  std::string first_id(std::string_view name) {
    auto all = ids(name);
    return all.empty() ? std::string() : std::move(all.front());
  }

  // ---- participants
  void append_people(dom::element value, std::vector<document::Participant>& out) {
    if (out.size() >= limits_.addresses_max) return defects_.add("addresses-too-many");
    if (value.is_string()) {
      append_written(text_of(value.get_string().value_unsafe()), out);
    } else if (value.is_object()) {
      const dom::object person = value.get_object().value_unsafe();
      document::Participant participant;
      std::string_view field;
      if (person["name"].get_string().get(field) == simdjson::SUCCESS) participant.name = text_of(field);
      if (person["address"].get_string().get(field) == simdjson::SUCCESS) {
        participant.address = with_lower_domain(text_of(field));
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
    dom::element value;
    if (object_[name].get(value) != simdjson::SUCCESS) return out;
    if (!value.is_array()) {
      append_people(value, out);
      return out;
    }
    const dom::array array = value.get_array().value_unsafe();
    for (const dom::element one : array) append_people(one, out);
    return out;
  }

  // ---- date
  void read_when(document::Message& message) {
    dom::element value;
    if (object_["date"].get(value) != simdjson::SUCCESS || value.is_null()) return;
    if (value.is_string()) {
      if (const auto read = read_date(value.get_string().value_unsafe())) message.date = read->timestamp;
    } else if (double number = 0; value.get_double().get(number) == simdjson::SUCCESS && std::abs(number) < 1e15) {
      const double seconds = std::abs(number) >= kEpochMillisecondsMin ? number / 1000 : number;
      message.date = document::Timestamp{static_cast<int64_t>(std::floor(seconds)), 0};
    }
    if (!message.date) defects_.add("bad-date");
  }

  dom::object object_;
  const ParseLimits& limits_;
  Defects defects_;
};

Error broken_line(std::string_view line, simdjson::error_code code, const ParseLimits& limits) {
  const size_t offset = json_fault_offset(line, limits.json_depth_max);
  return Error{Code::kCorrupt,
               "record: not JSON at byte " + std::to_string(offset) + ": " + simdjson::error_message(code)};
}

}  // namespace

Result<document::Message> parse_record(std::string_view json_line, const ParseLimits& limits) {
  if (json_line.size() > limits.raw_bytes_max) {
    return Error{Code::kLimit, "record of " + std::to_string(json_line.size()) + " bytes is larger than " +
                                   std::to_string(limits.raw_bytes_max)};
  }
  start_gmime();  // for the addresses
  dom::parser parser;
  simdjson::error_code code = parser.allocate(std::max<size_t>(json_line.size(), 64), limits.json_depth_max);
  dom::element root;
  if (code == simdjson::SUCCESS) code = parser.parse(json_line.data(), json_line.size()).get(root);
  if (code != simdjson::SUCCESS) return broken_line(json_line, code, limits);
  if (!root.is_object()) return Error{Code::kCorrupt, "record: not a JSON object at byte 0"};
  return RecordReader(root.get_object().value_unsafe(), limits).read();
}

}  // namespace custos::stage
