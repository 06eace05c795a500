// Which language is a text in?
#pragma once

#include <string>
#include <string_view>

namespace custos::stage {

// Part of every archive's manifest.
inline constexpr std::string_view kLanguageVersion = "cld2-3";
inline constexpr size_t kLanguageBytesMax = 16 << 10;  // of a text that are looked at; fewer where they are clear

// ISO 639-1 ("en", "de", "zh"), ISO 639-2 where there is none: CLD2's answer, unless the beginning is plainly English.
// "" where the text is short (under 20 letters' bytes), mixed or unreliable. `text` should be authored text; malformed
// UTF-8 ends it. Safe from many threads.
[[nodiscard]] std::string detect_language(std::string_view text);

}  // namespace custos::stage
