// Header fields of a message that GMime has read (RFC 5322), into document::Message.
#pragma once

#include <gmime/gmime.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "document/message.h"
#include "stage/parse/defects.h"
#include "stage/parse/parse.h"

namespace custos::stage {

// Fills everything of `message` but id, channel, parts and defects.
void read_headers(GMimeMessage* mail, GMimeParserOptions* options, const ParseLimits& limits,
                  document::Message& message, Defects& defects);

// A field that stands by itself, as it was written: folded, encoded.
struct PlainField {
  std::string_view name;
  std::string value;
};
// The same for a message whose fields are there one by one. REQUIRES: one of them is a From that is not empty.
void read_plain_headers(const std::vector<PlainField>& plain, GMimeParserOptions* options, const ParseLimits& limits,
                        document::Message& message, Defects& defects);

// Unstructured text: unfolded, RFC 2047 words decoded, raw 8-bit bytes guessed, blanks collapsed; UTF-8 without NUL.
[[nodiscard]] std::string decode_header_text(GMimeParserOptions* options, std::string_view raw, Defects& defects);

// The message ids in a field: all of "<…>" without brackets and inner blanks; where there is none, a lone word. Each
// once, in order, `ids_max` at most.
[[nodiscard]] std::vector<std::string> read_message_ids(std::string_view value, uint32_t ids_max);

// Groups flattened; domains lower-cased.
void append_participants(InternetAddressList* list, uint32_t addresses_max, std::vector<document::Participant>& out,
                         Defects& defects);
// GMime gives up at the first address it cannot read (".x@example.com") and drops those behind it. The list split at
// commas outside quotes and brackets instead, whatever stands around an "@" taken as an address.
[[nodiscard]] std::vector<document::Participant> split_mailboxes(GMimeParserOptions* options, std::string_view field,
                                                                 uint32_t addresses_max, Defects& defects);

// Reads a list that is nothing but addresses of letters, digits and "._-+" with commas between them, which most lists
// are. False, and nothing appended, where there is anything else or the list is longer than addresses_max.
[[nodiscard]] bool append_bare_addresses(std::string_view field, uint32_t addresses_max,
                                         std::vector<document::Participant>& out);

// A list as it stands in a field ("A <a@b>, c@d"), colons beyond address_colons_max blanked. REQUIRES: GMime is
// started.
[[nodiscard]] std::vector<document::Participant> read_mailboxes(std::string text, const ParseLimits& limits,
                                                                Defects& defects);
[[nodiscard]] std::string with_lower_domain(std::string_view address);

}  // namespace custos::stage
