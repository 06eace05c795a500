// Encoded words of RFC 2047 that stand side by side, made one. GMime 3.2 stops at the padding of the first of two
// Base64 words, and senders split letters between words; decoded as one text, neither matters.
#pragma once

#include <string>
#include <string_view>

namespace custos::stage {

// Whether two encoded words may stand side by side in `field`.
[[nodiscard]] bool has_adjacent_words(std::string_view field);

// `field` with each run of adjacent words of one charset replaced by one Base64 word of the same bytes.
[[nodiscard]] std::string with_joined_words(std::string_view field);

}  // namespace custos::stage
