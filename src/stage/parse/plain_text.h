// Text media types other than HTML, into what a reader sees.
#pragma once

#include <string>
#include <string_view>

namespace custos::stage {

// RFC 3676 undone: soft-broken lines of one quote depth are joined, space-stuffing goes, "-- " stays a line of its own.
[[nodiscard]] std::string unflow(std::string_view text, bool delete_space);

// text/enriched and text/richtext (RFC 1896): commands dropped, "<<" is "<", single line ends are blanks in enriched.
[[nodiscard]] std::string enriched_to_text(std::string_view text);

}  // namespace custos::stage
