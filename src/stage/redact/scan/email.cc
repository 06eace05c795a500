#include "stage/redact/scan/email.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace custos::stage {
namespace {

constexpr size_t kLocalMax = 64;
constexpr size_t kDomainMax = 253;

bool is_alphanumeric(char byte) {
  return (byte >= '0' && byte <= '9') || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z') ||
         static_cast<uint8_t>(byte) >= 0x80;
}
bool is_letter(char byte) {
  return ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z') || static_cast<uint8_t>(byte) >= 0x80;
}
bool is_local(char byte) {
  return is_alphanumeric(byte) || (byte != 0 && std::strchr(".!#$%&'*+/=?^_`{|}~-", byte) != nullptr);
}
// What may begin an address in text: quotes and the like before it belong to the sentence.
bool begins_local(char byte) { return is_alphanumeric(byte) || byte == '_' || byte == '+'; }

size_t local_begin(std::string_view text, size_t at, size_t least) {
  size_t begin = at;
  while (begin > least && at - begin < kLocalMax && is_local(text[begin - 1])) --begin;
  while (begin < at && !begins_local(text[begin])) ++begin;
  // "mailto:" and "key=value" end before the address; '=' and '/' are legal but never used.
  for (size_t i = at; i-- > begin;) {
    if (text[i] == '=' || text[i] == '/' || text[i] == '|') return i + 1;
  }
  while (begin < at && (static_cast<uint8_t>(text[begin]) & 0xC0) == 0x80) ++begin;
  return begin;
}

bool is_top_level(std::string_view label) {
  if (label.size() < 2 || label.size() > 63) return false;
  if (label.substr(0, 4) == "xn--" || label.substr(0, 4) == "XN--") return label.size() > 4;
  return std::all_of(label.begin(), label.end(), is_letter);
}

// The end of the longest domain that begins at `begin`, or `begin` where there is none.
size_t domain_end(std::string_view text, size_t begin) {
  size_t end = begin;
  size_t label = begin;
  size_t at = begin;
  const size_t most = std::min(text.size(), begin + kDomainMax);
  while (at < most) {
    while (at < most && (is_alphanumeric(text[at]) || text[at] == '-')) ++at;
    if (at == label) break;
    size_t label_end = at;
    while (label_end > label && text[label_end - 1] == '-') --label_end;
    if (label > begin && is_top_level(text.substr(label, label_end - label))) end = label_end;
    if (at >= most || text[at] != '.') break;
    label = ++at;
  }
  return end;
}

size_t literal_end(std::string_view text, size_t begin) {
  if (begin >= text.size() || text[begin] != '[') return begin;
  const size_t close = text.substr(0, std::min(text.size(), begin + 48)).find(']', begin);
  if (close == std::string_view::npos || close < begin + 3) return begin;
  const std::string_view inside = text.substr(begin + 1, close - begin - 1);
  const bool is_address = inside.find_first_not_of("0123456789abcdefABCDEFIPv:.") == std::string_view::npos &&
                          inside.find_first_of(".:") != std::string_view::npos;
  return is_address ? close + 1 : begin;
}

}  // namespace

std::vector<document::Span> find_emails(std::string_view text) {
  std::vector<document::Span> found;
  size_t least = 0;
  for (size_t at = text.find('@'); at != std::string_view::npos; at = text.find('@', at + 1)) {
    const size_t begin = local_begin(text, at, least);
    if (begin == at) continue;
    size_t end = domain_end(text, at + 1);
    if (end == at + 1) end = literal_end(text, at + 1);
    if (end == at + 1) continue;
    found.push_back({static_cast<uint32_t>(begin), static_cast<uint32_t>(end)});
    least = end;
  }
  return found;
}

}  // namespace custos::stage
