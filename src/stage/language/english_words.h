// Does a text read as English? A quick test by its most frequent words, in front of one that knows all languages.
#pragma once

#include <string_view>

namespace custos::stage {

// True only where English words run through the whole text: what is doubtful, mixed, short or not a text is left to
// the other test. `text` is valid UTF-8.
[[nodiscard]] bool reads_as_english(std::string_view text);

}  // namespace custos::stage
