// The From_ line that begins each message of an mbox (RFC 4155, and what programs really write).
#pragma once

#include <cstddef>
#include <string_view>

namespace custos::source {

// How much of the text from a From_ line on begins_message looks at: the line, and the one after it.
inline constexpr size_t kFromLineLookahead = 2048;

// "From ", an address in any spelling, a date: `From a@b Thu Nov 24 18:22:48 1986`, also with a zone, as "a at b", with
// an RFC 5322 or ISO 8601 date. A line without a date ("From ", "From -", "From a@b": some clients) counts where a
// header field of mail follows it. REQUIRES: `text` holds kFromLineLookahead bytes or all there are.
[[nodiscard]] bool begins_message(std::string_view text);

}  // namespace custos::source
