// UTF-8 (RFC 3629) at the byte level. Everything richer is ICU's, in the stage that needs it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace custos {

// Length (1 to 4) of the well-formed sequence that starts at `at`, or 0 where there is none. REQUIRES: at <
// text.size().
[[nodiscard]] size_t utf8_sequence_length(std::string_view text, size_t at);

struct CodePoint {
  char32_t value = 0;  // U+FFFD where the bytes are malformed
  size_t length = 0;   // bytes; 1 where malformed
};
// REQUIRES: at < text.size().
[[nodiscard]] CodePoint utf8_decode(std::string_view text, size_t at);
void utf8_append(std::string& out, char32_t code_point);

[[nodiscard]] bool utf8_is_valid(std::string_view text);
// Malformed bytes become U+FFFD; NUL becomes U+FFFD too, since columns and C libraries end at it.
[[nodiscard]] std::string utf8_repaired(std::string_view text);
// The longest prefix of at most `bytes` bytes that does not cut a sequence.
[[nodiscard]] std::string_view utf8_truncated(std::string_view text, size_t bytes);

}  // namespace custos
