// Bytes in any charset to UTF-8: the label is believed where it fits, and never blindly.
#pragma once

#include <string>
#include <string_view>

#include "stage/parse/defects.h"

namespace custos::stage {

// UTF-8 of `bytes`, which the sender labelled `label` (any case, may be empty). Where the label is missing, unknown
// ("unknown-charset") or wrong ("charset-mismatch"), UTF-8 is tried, then ICU's detector on long texts, then
// windows-1252. Names and their meaning follow the WHATWG encoding standard: iso-8859-1 is read as windows-1252,
// gb2312 as gb18030. Never fails; what has no meaning becomes U+FFFD.
[[nodiscard]] std::string decode_charset(std::string_view bytes, std::string_view label, Defects& defects);

// CRLF and CR become "\n", NUL becomes U+FFFD, a byte order mark at the beginning goes.
[[nodiscard]] std::string with_plain_line_ends(std::string text);

// RFC 3629, strictly.
[[nodiscard]] bool is_utf8(std::string_view text);

// The longest prefix of at most `bytes` that cuts no UTF-8 sequence; a cut is a "text-truncated".
[[nodiscard]] std::string_view limited_text(std::string_view text, size_t bytes, Defects& defects);

}  // namespace custos::stage
