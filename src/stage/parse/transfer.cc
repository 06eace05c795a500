#include "stage/parse/transfer.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace custos::stage {
namespace {

enum Kind : uint8_t { kForeign, kDigit, kSpace, kPadding };

constexpr std::array<uint8_t, 256> base64_kinds() {
  std::array<uint8_t, 256> kinds{};
  for (const char c : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")) {
    kinds[static_cast<unsigned char>(c)] = kDigit;
  }
  for (const char c : std::string_view(" \t\r\n\v\f")) kinds[static_cast<unsigned char>(c)] = kSpace;
  kinds[static_cast<unsigned char>('=')] = kPadding;
  return kinds;
}

constexpr std::array<uint8_t, 256> kBase64 = base64_kinds();

struct Counts {
  std::array<size_t, 4> of{};
  bool digits_after_padding = false;
};

Counts count_base64(std::string_view text) {
  Counts counts;
  for (const char c : text) {
    const uint8_t kind = kBase64[static_cast<unsigned char>(c)];
    ++counts.of[kind];
    counts.digits_after_padding |= kind == kDigit && counts.of[kPadding] > 0;
  }
  return counts;
}

void decode_step(GMimeContentEncoding encoding, std::string_view raw, std::string& out) {
  GMimeEncoding state;
  g_mime_encoding_init_decode(&state, encoding);
  const size_t before = out.size();
  out.resize(before + g_mime_encoding_outlen(&state, raw.size()) + 4);
  const size_t size = g_mime_encoding_step(&state, raw.data(), raw.size(), out.data() + before);
  out.resize(before + size);
}

// The lines that are Base64, each padded group on its own: several encoded texts may follow one another.
void decode_base64_lines(std::string_view raw, std::string& out) {
  std::string group;
  const auto flush = [&] {
    if (!group.empty()) decode_step(GMIME_CONTENT_ENCODING_BASE64, group, out);
    group.clear();
  };
  for (size_t at = 0; at < raw.size();) {
    const size_t found = raw.find('\n', at);
    const size_t end = found == std::string_view::npos ? raw.size() : found + 1;
    const std::string_view line = raw.substr(at, end - at);
    at = end;
    const Counts counts = count_base64(line);
    if (counts.of[kForeign] > 0 || counts.digits_after_padding) continue;
    group += line;
    if (counts.of[kPadding] > 0) flush();
  }
  flush();
}

std::string_view decode_base64(std::string_view raw, std::string& out, Defects& defects) {
  const Counts counts = count_base64(raw);
  const bool whole = counts.of[kForeign] == 0 && !counts.digits_after_padding;
  if (!whole || counts.of[kDigit] % 4 == 1) defects.add("broken-base64");
  if (whole) {
    decode_step(GMIME_CONTENT_ENCODING_BASE64, raw, out);
    return out;
  }
  decode_base64_lines(raw, out);
  if (out.empty()) decode_step(GMIME_CONTENT_ENCODING_BASE64, raw, out);
  return out;
}

// "=" that neither hides a line end nor starts two hex digits.
bool has_broken_escape(std::string_view raw) {
  for (size_t at = raw.find('='); at != std::string_view::npos; at = raw.find('=', at + 1)) {
    const std::string_view next = raw.substr(at + 1, 2);
    if (next.empty() || next[0] == '\r' || next[0] == '\n' || next[0] == ' ' || next[0] == '\t') continue;
    if (next.size() < 2 || !g_ascii_isxdigit(next[0]) || !g_ascii_isxdigit(next[1])) return true;
  }
  return false;
}

int hex_value(char c) { return g_ascii_isxdigit(c) ? g_ascii_xdigit_value(c) : -1; }

// How many bytes the escape at the beginning of `text` has; 0 where it is broken or cut. Appends what it stands for.
size_t decode_escape(std::string_view text, std::string& out) {
  if (text.starts_with("=\n")) return 2;
  if (text.starts_with("=\r\n")) return 3;
  if (text.size() < 3) return 0;
  const int high = hex_value(text[1]);
  const int low = hex_value(text[2]);
  if (high < 0 || low < 0) return 0;
  out += static_cast<char>(high * 16 + low);
  return 3;
}

// False, and `out` of no use, where an escape is not as RFC 2045 section 6.7 has it.
bool decode_quoted(std::string_view raw, std::string& out) {
  out.reserve(raw.size());
  for (size_t at = 0; at < raw.size();) {
    const size_t escape = std::min(raw.find('=', at), raw.size());
    out.append(raw, at, escape - at);
    at = escape;
    if (at == raw.size()) break;
    const size_t length = decode_escape(raw.substr(at), out);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

std::string_view decode_quoted_printable(std::string_view raw, std::string& out, Defects& defects) {
  if (decode_quoted(raw, out)) return out;
  if (has_broken_escape(raw)) defects.add("broken-quoted-printable");
  out.clear();
  decode_step(GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE, raw, out);
  return out;
}

}  // namespace

std::string_view decode_transfer(GMimeContentEncoding encoding, std::string_view raw, std::string& storage,
                                 Defects& defects) {
  storage.clear();
  if (raw.empty()) return raw;
  switch (encoding) {
    case GMIME_CONTENT_ENCODING_BASE64:
      return decode_base64(raw, storage, defects);
    case GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE:
      return decode_quoted_printable(raw, storage, defects);
    case GMIME_CONTENT_ENCODING_UUENCODE:
      decode_step(encoding, raw, storage);
      return storage;
    default:
      return raw;
  }
}

}  // namespace custos::stage
