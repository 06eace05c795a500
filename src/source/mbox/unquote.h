// Undoes what an mbox's writer did to lines of a message that begin with "From ".
#pragma once

#include <string>
#include <string_view>

namespace custos::source {

// A copy of `message` (header and body) in which body lines ">From …" lost one '>', as mboxrd says (">>From" becomes
// ">From"). A line that continues a block quoted just as deeply, "> see\n>From here", is a reply's quotation that an
// mboxo writer let stand, and stays.
[[nodiscard]] std::string unquoted(std::string_view message);

// Where the body begins: behind the first empty line; the message's size where there is none.
[[nodiscard]] size_t body_offset(std::string_view message);

}  // namespace custos::source
