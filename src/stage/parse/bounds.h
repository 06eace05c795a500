// What GMime may be given. GMime recurses by nesting and keeps an object for every header and part, so a message is
// read over once, line by line and without recursion, and what is beyond our limits is left out before GMime sees it.
#pragma once

#include <string>
#include <string_view>

#include "stage/parse/defects.h"
#include "stage/parse/parse.h"

namespace custos::stage {

// Whether a line looks like a header field of RFC 5322 section 2.2: a name of printable characters and a colon.
[[nodiscard]] bool is_header_line(std::string_view line);

// The message as GMime may have it: `raw` itself (the usual case) or a copy in `storage` with
//  - the fields of a header block beyond headers_max or header_bytes_max left out, except those that we read,
//  - colons beyond address_colons_max in an address field blanked (GMime reads groups by recursion),
//  - everything from the boundary line where more than 2 * parts_max parts have begun left out,
//  - encoded words that stand side by side made one (see encoded_words.h),
//  - an empty line put where a header block runs into its text, or before a text without any header,
//  - lone CR line ends made LF, NUL in headers made a space,
//  - the message's own fields that nobody reads left out.
[[nodiscard]] std::string_view bounded_mail(std::string_view raw, const ParseLimits& limits, std::string& storage,
                                            Defects& defects);

}  // namespace custos::stage
