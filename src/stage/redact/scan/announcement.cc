#include "stage/redact/scan/announcement.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace custos::stage {
namespace {

bool is_alphanumeric(char byte) {
  return (byte >= '0' && byte <= '9') || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z');
}

ByteSet set_of(std::string_view bytes) {
  ByteSet set;
  for (const char byte : bytes) set.set(static_cast<uint8_t>(byte));
  return set;
}

bool has_only_alphanumerics(const PatternNode& node) {
  for (size_t byte = 0; byte < node.bytes.size(); ++byte) {
    if (node.bytes[byte] && !is_alphanumeric(static_cast<char>(byte))) return false;
  }
  return std::all_of(node.children.begin(), node.children.end(), has_only_alphanumerics);
}

constexpr uint64_t kEach = 0x0101010101010101;

// Eight bytes at a time. An ASCII digit is 0x30 to 0x39.
size_t next_digit(std::string_view text, size_t at) {
  for (; at + 8 <= text.size(); at += 8) {
    uint64_t bytes = 0;
    std::memcpy(&bytes, text.data() + at, 8);
    const uint64_t difference = bytes ^ (kEach * 0x30);
    // Ten or more in its low seven bits, or the high bit set.
    const uint64_t others = ((difference & (kEach * 0x7F)) + kEach * 0x76) | difference;
    if ((others & (kEach * 0x80)) != kEach * 0x80) break;
  }
  while (at < text.size() && (text[at] < '0' || text[at] > '9')) ++at;
  return at;
}

bool is_sign(char byte) { return byte == '.' || byte == ':' || byte == '-'; }

size_t next_sign(std::string_view text, size_t at) {
  // Marks each byte of `bytes` that is `sign`; bytes above one may be marked too.
  const auto equal = [](uint64_t bytes, char sign) {
    const uint64_t difference = bytes ^ (kEach * static_cast<uint8_t>(sign));
    return (difference - kEach) & ~difference & (kEach * 0x80);
  };
  for (; at + 8 <= text.size(); at += 8) {
    uint64_t bytes = 0;
    std::memcpy(&bytes, text.data() + at, 8);
    if ((equal(bytes, '.') | equal(bytes, ':') | equal(bytes, '-')) != 0) break;
  }
  while (at < text.size() && !is_sign(text[at])) ++at;
  return at;
}

// The begin of the next run of kLongWordMin letters and digits. Only every so many bytes are looked at.
size_t next_long_word(std::string_view text, size_t from) {
  size_t begin = from;
  while (begin + kLongWordMin <= text.size()) {
    size_t at = begin + kLongWordMin;
    while (at > begin && is_alphanumeric(text[at - 1])) --at;
    if (at == begin) return begin;
    begin = at;
  }
  return text.size();
}

size_t next_announcement(std::string_view text, Announcement by, size_t from) {
  switch (by) {
    case Announcement::kDigit:
      return next_digit(text, from);
    case Announcement::kColon:
      return std::min(text.find(':', from), text.size());
    case Announcement::kSign:
      return next_sign(text, from);
    case Announcement::kLongWord:
      break;
  }
  return next_long_word(text, from);
}

}  // namespace

std::optional<Announced> announced_by(const PatternNode& node, bool of_words) {
  struct Option {
    Announcement by;
    std::string_view bytes;
  };
  static constexpr std::array<Option, 3> kOptions = {
      {{Announcement::kDigit, "0123456789"}, {Announcement::kColon, ":"}, {Announcement::kSign, ":-."}}};
  for (const Option& option : kOptions) {
    const ByteSet set = set_of(option.bytes);
    if (always_has(node, set)) return Announced{option.by, bytes_before(node, set)};
  }
  if (of_words && least_size(node) >= kLongWordMin && has_only_alphanumerics(node)) {
    return Announced{Announcement::kLongWord, 0};
  }
  return std::nullopt;
}

std::optional<Starts> next_starts(std::string_view text, const Announced& announced, size_t from) {
  const size_t at = next_announcement(text, announced.by, from);
  if (at >= text.size()) return std::nullopt;
  return Starts{std::max(from, at - std::min<size_t>(at, announced.bytes_before)), at};
}

}  // namespace custos::stage
