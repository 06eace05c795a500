// HTML mail to the text that a reader sees, by gumbo's tree.
#pragma once

#include <string>
#include <string_view>

#include "stage/parse/defects.h"
#include "stage/parse/parse.h"

namespace custos::stage {

// REQUIRES: html is UTF-8. Blocks become lines, links `text <url>`, list items "- ", rows of a table one line with
// cells parted by " | ", quotations lines that begin with "> ", <hr> a line of underscores as Outlook writes it.
// Scripts, styles and hidden text are left out. Time and memory are bounded by `limits`.
[[nodiscard]] std::string html_to_text(std::string_view html, const ParseLimits& limits, Defects& defects);

// What <meta> in the first kilobyte says, or nothing.
[[nodiscard]] std::string_view html_charset(std::string_view html);

// The tree gumbo may build: `html` itself, or a copy in `storage` without the start tags that nest deeper than
// html_depth_max, without formatting left open by the hundred, and with at most 256 attributes in a tag. gumbo's time
// grows with depth × tags, attributes² and open formatting × blocks.
[[nodiscard]] std::string_view bounded_html(std::string_view html, const ParseLimits& limits, std::string& storage,
                                            Defects& defects);

// Tags dropped and nothing else: for trees that are too large to build.
[[nodiscard]] std::string stripped_html(std::string_view html);

}  // namespace custos::stage
