// Is this the beginning of an RFC 5322 message?
#pragma once

#include <cstddef>
#include <string_view>

namespace custos::source {

// Length of the field name where `line` begins with "Name:" (RFC 5322 section 2.2), else 0.
[[nodiscard]] size_t field_name_length(std::string_view line);

// `line` begins with a field that mail has and other text hardly ever: From, Received, Message-ID, MIME-Version …
[[nodiscard]] bool is_mail_field(std::string_view line);

// A byte order mark and empty lines before the first one that says something.
[[nodiscard]] size_t blank_prefix(std::string_view text);

// The first lines are header fields: two that mail has, or one in a block that an empty line ends as it should.
// `whole`: `head` is all there is. Tolerates empty lines and an mbox's From_ line before, and malformed lines between
// good ones.
[[nodiscard]] bool begins_with_headers(std::string_view head, bool whole);

}  // namespace custos::source
