// What stands at the end of a message and is not its content: signature, list footer; and disclaimers, wherever they
// are.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "stage/clean/clean.h"
#include "stage/clean/line.h"

namespace custos::stage::clean {

// Lines [first, last], none of them blank.
struct Paragraph {
  size_t first = 0;
  size_t last = 0;
};

// Labels paragraphs of legal boilerplate as Fate::kDisclaimer, with the rules around them.
// `openings`: folded beginnings of a firm's own notices, which run to the end of the text.
void label_disclaimers(std::string_view text, const std::vector<std::string>& openings, Lines& lines);

// Whether lines [first, last] are a list's or a provider's footer. `listed`: the message came through a list.
[[nodiscard]] bool is_list_footer(std::string_view text, const Lines& lines, Paragraph paragraph, bool listed);

// Whether a line says by what it was sent: "Sent from my iPhone".
[[nodiscard]] bool is_device_note(std::string_view content);

// Where the signature that ends with line `last` begins; last + 1 where there is none. `floor`: the first line that may
// be part of it; lines before it are quoted or do not exist.
[[nodiscard]] size_t signature_start(std::string_view text, const CleanHints& hints, const Lines& lines, size_t floor,
                                     size_t last);

// Peels signatures and footers off the end of the authored lines.
void label_ending(std::string_view text, const CleanOptions& options, const CleanHints& hints, Lines& lines);

}  // namespace custos::stage::clean
