// Finds "From " behind a given character: what separates messages of an mbox, and what its writers quote.
#pragma once

#include <cstddef>
#include <cstring>
#include <string_view>

namespace custos::source {

// Where `before` stands with "From " behind it, from `from` on; npos where nowhere. A capital F is rare in mail, so
// that it is the letter to look for.
[[nodiscard]] inline size_t find_from_behind(char before, std::string_view text, size_t from) {
  constexpr std::string_view kRest = "rom ";
  for (size_t at = from + 1; at < text.size(); ++at) {
    const void* found = memchr(text.data() + at, 'F', text.size() - at);
    if (found == nullptr) break;
    at = static_cast<size_t>(static_cast<const char*>(found) - text.data());
    if (text[at - 1] == before && text.substr(at + 1).starts_with(kRest)) return at - 1;
  }
  return std::string_view::npos;
}

}  // namespace custos::source
