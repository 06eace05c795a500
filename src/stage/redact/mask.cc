#include "stage/redact/mask.h"

#include <algorithm>
#include <cstdint>
#include <iterator>

#include "base/digest.h"

namespace custos::stage {
namespace {

constexpr size_t kTypeMax = 64;
constexpr size_t kHashDigits = 16;
constexpr size_t kLastShown = 4;
constexpr std::string_view kRedacted = "REDACTED-";
constexpr std::string_view kStars = "****";

bool is_upper(char byte) { return byte >= 'A' && byte <= 'Z'; }
bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }
bool is_type(char byte) { return is_upper(byte) || is_digit(byte) || byte == '_'; }
bool is_hex(char byte) { return is_digit(byte) || (byte >= 'a' && byte <= 'f'); }
bool is_alphanumeric(char byte) { return is_digit(byte) || is_upper(byte) || (byte >= 'a' && byte <= 'z'); }

std::string keyed_hex(std::string_view type, std::string_view value, const std::string& salt, size_t digits) {
  const std::string subject = std::string(type) + ':' + normalised_value(value);
  return blake2b_keyed(subject, salt).hex_prefix((digits + 1) / 2).substr(0, digits);
}

std::string last_four(std::string_view value) {
  std::string plain;
  std::copy_if(value.begin(), value.end(), std::back_inserter(plain), is_alphanumeric);
  return plain.size() < 2 * kLastShown ? std::string() : plain.substr(plain.size() - kLastShown);
}

// A type of at most two digits: "[DE_PLZ-…" yes, a number in disguise no.
size_t type_end(std::string_view text, size_t begin) {
  size_t end = begin;
  size_t digits = 0;
  while (end < text.size() && end - begin < kTypeMax && is_type(text[end])) digits += is_digit(text[end++]) ? 1 : 0;
  return end > begin && is_upper(text[begin]) && digits <= 2 ? end : begin;
}

bool is_body(std::string_view body, const RedactOptions& options) {
  if (body.substr(0, kStars.size()) == kStars) {
    const std::string_view shown = body.substr(kStars.size());
    return (shown.empty() || shown.size() == kLastShown) && std::all_of(shown.begin(), shown.end(), is_alphanumeric);
  }
  if (!std::all_of(body.begin(), body.end(), is_hex)) return false;
  if (options.mask == Mask::kHash && body.size() == kHashDigits) return true;
  return body.size() == 4 || (options.mask == Mask::kPseudonym && body.size() == options.pseudonym_digits);
}

// The end of the mask that begins with the '[' at `at`, or `at`.
size_t mask_end(std::string_view text, size_t at, const RedactOptions& options) {
  size_t begin = at + 1;
  const bool redacted = text.substr(begin, kRedacted.size()) == kRedacted;
  if (redacted) begin += kRedacted.size();
  const size_t type = type_end(text, begin);
  if (type == begin || type >= text.size()) return at;
  if (redacted) return text[type] == ']' ? type + 1 : at;
  if (text[type] != '-') return at;
  const size_t close = text.substr(0, std::min(text.size(), type + 20)).find(']', type);
  if (close == std::string_view::npos) return at;
  return is_body(text.substr(type + 1, close - type - 1), options) ? close + 1 : at;
}

}  // namespace

std::string normalised_value(std::string_view value) {
  std::string out;
  for (const char byte : value) {
    if (is_upper(byte)) out += static_cast<char>(byte | 0x20);
    // Signs keep addresses apart; blanks, hyphens and brackets are ways to write one number.
    if (!is_upper(byte) && std::string_view(" \t\r\n-()").find(byte) == std::string_view::npos) out += byte;
  }
  return out;
}

std::string mask_of(std::string_view type, std::string_view value, const RedactOptions& options) {
  const std::string name(type);
  switch (options.mask) {
    case Mask::kHash:
      return "[" + name + "-" + keyed_hex(type, value, options.salt, kHashDigits) + "]";
    case Mask::kPseudonym:
      return "[" + name + "-" + keyed_hex(type, value, options.salt, options.pseudonym_digits) + "]";
    case Mask::kLastFour:
      return "[" + name + "-" + std::string(kStars) + last_four(value) + "]";
    case Mask::kTag:
      break;
  }
  return "[" + std::string(kRedacted) + name + "]";
}

std::vector<document::Span> find_masks(std::string_view text, const RedactOptions& options) {
  std::vector<document::Span> found;
  for (size_t at = text.find('['); at != std::string_view::npos; at = text.find('[', at + 1)) {
    const size_t end = mask_end(text, at, options);
    if (end == at) continue;
    found.push_back({static_cast<uint32_t>(at), static_cast<uint32_t>(end)});
    at = end - 1;
  }
  return found;
}

}  // namespace custos::stage
