// What a character does to a word. Private to analysis.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace custos::index {

enum class WordRole : uint8_t {
  kSeparator,
  kLetter,
  kDigit,
  kKatakana,  // a run of its own
  kAlone,     // a word of one character
  kMark,      // belongs to the character before it
};

struct Character {
  WordRole role = WordRole::kSeparator;
  size_t length = 1;  // bytes
};

// REQUIRES: at < text.size().
[[nodiscard]] Character character_at(std::string_view text, size_t at);

[[nodiscard]] inline WordRole ascii_role(char c) {
  const auto byte = static_cast<unsigned char>(c);
  if (static_cast<unsigned char>((byte | 0x20) - 'a') < 26) return WordRole::kLetter;
  return static_cast<unsigned char>(byte - '0') < 10 ? WordRole::kDigit : WordRole::kSeparator;
}

// Bytes of the redaction tag at `at`, or 0: [REDACTED-TYPE], [EMAIL-3fa9] (hex), [CARD-****1234].
[[nodiscard]] size_t tag_length(std::string_view text, size_t at);

}  // namespace custos::index
