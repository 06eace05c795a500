// The JSON shapes of messages (docs/interfaces.md).
#pragma once

#include <string>
#include <vector>

#include "base/json_writer.h"
#include "document/message.h"
#include "document/record.h"
#include "store/archive.h"

namespace custos::app {

void write_participants(JsonWriter& w, const std::vector<document::Participant>& participants);
void write_spans(JsonWriter& w, const std::vector<document::Span>& spans);
void write_places(JsonWriter& w, const std::vector<store::FoundPlace>& places);
// {"date": RFC 3339 in UTC or null, "date_offset": "+02:00" or null}, as two fields of an open object.
void write_date(JsonWriter& w, const std::optional<document::Timestamp>& date);

// A line of `custos parse`. Not redacted: it shows a person the file that they named.
[[nodiscard]] std::string parsed_json(const document::Message& message);

// A line of `custos show`. Everything in it is redacted.
[[nodiscard]] std::string shown_json(const document::Record& record, const std::string& thread,
                                     const std::vector<store::FoundPlace>& places);

}  // namespace custos::app
