// Header fields of a message that GMime has read (RFC 5322), into document::Message.
#pragma once

#include <gmime/gmime.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "document/message.h"
#include "stage/parse/defects.h"
#include "stage/parse/header_fields.h"
#include "stage/parse/parse.h"

namespace custos::stage {

// Fills everything of `message` but id, channel, parts and defects.
void read_headers(GMimeMessage* mail, GMimeParserOptions* options, const ParseLimits& limits,
                  document::Message& message, Defects& defects);

// The same for a message whose fields are there one by one, in order. REQUIRES: one of them is a From that is not
// empty, and names somebody where there is a Sender.
void read_plain_headers(const std::vector<HeaderField>& plain, GMimeParserOptions* options, const ParseLimits& limits,
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

enum class SimpleList {
  kNo,  // something else is in it, or it is longer than allowed; nothing was appended
  kYes,
  kOddDots,  // yes, but an address has a dot where none belongs ("a..b@example.com")
};
// Reads a list as most are: `jane@example.com`, `Jane Doe <jane@example.com>`, `"Doe, Jane" <jane@example.com>`, with
// commas between them.
[[nodiscard]] SimpleList append_simple_addresses(std::string_view field, uint32_t addresses_max,
                                                 std::vector<document::Participant>& out);

// A list as it stands in a field ("A <a@b>, c@d"), colons beyond address_colons_max blanked. REQUIRES: GMime is
// started.
[[nodiscard]] std::vector<document::Participant> read_mailboxes(std::string text, const ParseLimits& limits,
                                                                Defects& defects);
[[nodiscard]] std::string with_lower_domain(std::string_view address);
// 'name' and "name" are how some clients quote a name that is an encoded word.
[[nodiscard]] std::string without_quotes(std::string name);

}  // namespace custos::stage
