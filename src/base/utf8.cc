#include "base/utf8.h"

#include <cstring>

namespace custos {
namespace {

unsigned char byte_at(std::string_view text, size_t at) {
  return at < text.size() ? static_cast<unsigned char>(text[at]) : 0;
}

bool is_continuation(unsigned char byte) { return (byte & 0xc0) == 0x80; }

}  // namespace

size_t utf8_sequence_length(std::string_view text, size_t at) {
  const unsigned char b0 = byte_at(text, at);
  if (b0 < 0x80) return 1;
  if (b0 < 0xc2 || b0 > 0xf4) return 0;
  const unsigned char b1 = byte_at(text, at + 1);
  if (!is_continuation(b1)) return 0;
  if (b0 < 0xe0) return 2;
  const unsigned char b2 = byte_at(text, at + 2);
  if (!is_continuation(b2)) return 0;
  if (b0 < 0xf0) {
    const bool overlong = b0 == 0xe0 && b1 < 0xa0;
    const bool surrogate = b0 == 0xed && b1 >= 0xa0;
    return overlong || surrogate ? 0 : 3;
  }
  if (!is_continuation(byte_at(text, at + 3))) return 0;
  const bool overlong = b0 == 0xf0 && b1 < 0x90;
  const bool beyond = b0 == 0xf4 && b1 >= 0x90;
  return overlong || beyond ? 0 : 4;
}

CodePoint utf8_decode(std::string_view text, size_t at) {
  const size_t length = utf8_sequence_length(text, at);
  const auto byte = [&](size_t i) { return static_cast<char32_t>(byte_at(text, at + i)); };
  switch (length) {
    case 1:
      return {byte(0), 1};
    case 2:
      return {(byte(0) & 0x1f) << 6 | (byte(1) & 0x3f), 2};
    case 3:
      return {(byte(0) & 0x0f) << 12 | (byte(1) & 0x3f) << 6 | (byte(2) & 0x3f), 3};
    case 4:
      return {(byte(0) & 0x07) << 18 | (byte(1) & 0x3f) << 12 | (byte(2) & 0x3f) << 6 | (byte(3) & 0x3f), 4};
    default:
      return {0xfffd, 1};
  }
}

void utf8_append(std::string& out, char32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xc0 | c >> 6);
    out += static_cast<char>(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xe0 | c >> 12);
    out += static_cast<char>(0x80 | (c >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (c & 0x3f));
  } else {
    out += static_cast<char>(0xf0 | c >> 18);
    out += static_cast<char>(0x80 | (c >> 12 & 0x3f));
    out += static_cast<char>(0x80 | (c >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (c & 0x3f));
  }
}

bool utf8_is_valid(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    // Mail is mostly ASCII: eight bytes at a time while no high bit is set.
    uint64_t word = 0;
    while (text.size() - i >= sizeof word) {
      std::memcpy(&word, text.data() + i, sizeof word);
      if ((word & 0x8080808080808080ULL) != 0) break;
      i += sizeof word;
    }
    if (i == text.size()) break;
    const size_t length = utf8_sequence_length(text, i);
    if (length == 0) return false;
    i += length;
  }
  return true;
}

std::string utf8_repaired(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    const size_t length = text[i] == '\0' ? 0 : utf8_sequence_length(text, i);
    if (length == 0) {
      out += "\xef\xbf\xbd";
      ++i;
    } else {
      out.append(text, i, length);
      i += length;
    }
  }
  return out;
}

std::string_view utf8_truncated(std::string_view text, size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && is_continuation(byte_at(text, bytes))) --bytes;
  return text.substr(0, bytes);
}

}  // namespace custos
