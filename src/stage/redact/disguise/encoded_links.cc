#include "stage/redact/disguise/encoded_links.h"

#include <cstdint>
#include <string>

#include "base/utf8.h"

namespace custos::stage {
namespace {

constexpr size_t kSequenceMax = 4;  // bytes of one character

int hex_value(char byte) {
  if (byte >= '0' && byte <= '9') return byte - '0';
  const char lower = static_cast<char>(byte | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool ends_link(char byte) { return byte == '>' || byte == '"' || byte == '<' || static_cast<uint8_t>(byte) <= ' '; }

// The byte that "%40" at `at` stands for, or -1.
int escaped_byte(std::string_view link, size_t at) {
  if (at + 2 >= link.size() || link[at] != '%') return -1;
  const int high = hex_value(link[at + 1]);
  const int low = hex_value(link[at + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

// The character that is escaped at `at`, empty where it is none. Control characters are blanks.
std::string escaped_character(std::string_view link, size_t at) {
  std::string bytes;
  for (size_t next = at; bytes.size() < kSequenceMax; next += 3) {
    const int byte = escaped_byte(link, next);
    if (byte < 0) return {};
    bytes += static_cast<char>(byte);
    if (utf8_is_valid(bytes)) return static_cast<uint8_t>(bytes[0]) < ' ' ? " " : bytes;
  }
  return {};
}

void append_decoded(std::string_view link, uint32_t begin, FoldedText& out) {
  bool in_query = false;
  for (size_t at = 0; at < link.size();) {
    const auto place = static_cast<uint32_t>(begin + at);
    const std::string character = escaped_character(link, at);
    if (!character.empty()) {
      const auto length = static_cast<uint32_t>(3 * character.size());
      out.replace(character, {place, place + length});
      at += length;
      continue;
    }
    in_query = in_query || link[at] == '?';
    if (in_query && link[at] == '+') {
      out.replace(" ", {place, place + 1});
    } else {
      out.copy(link.substr(at, 1), place);
    }
    ++at;
  }
  const auto end = static_cast<uint32_t>(begin + link.size());
  out.replace("\n", {end, end});
}

bool has_encoding(std::string_view link) {
  const size_t query = link.find('?');
  if (query != std::string_view::npos && link.find('+', query) != std::string_view::npos) return true;
  for (size_t at = link.find('%'); at != std::string_view::npos; at = link.find('%', at + 1)) {
    if (escaped_byte(link, at) >= 0) return true;
  }
  return false;
}

// The next ':' of "://" or of "mailto:".
size_t next_link(std::string_view text, size_t at) {
  for (at = text.find(':', at); at != std::string_view::npos; at = text.find(':', at + 1)) {
    if (text.substr(at, 3) == "://" || text.substr(0, at).ends_with("mailto")) return at;
  }
  return at;
}

}  // namespace

std::optional<FoldedText> decode_links(std::string_view text) {
  std::optional<FoldedText> out;
  for (size_t at = next_link(text, 0); at != std::string_view::npos; at = next_link(text, at)) {
    size_t end = at;
    while (end < text.size() && !ends_link(text[end])) ++end;
    const std::string_view link = text.substr(at, end - at);
    if (has_encoding(link)) {
      if (!out) out.emplace();
      append_decoded(link, static_cast<uint32_t>(at), *out);
    }
    at = end;
  }
  return out;
}

}  // namespace custos::stage
