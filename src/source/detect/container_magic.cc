#include "source/detect/container_magic.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace custos::source {
namespace {

using namespace std::string_view_literals;

constexpr size_t kTarBlock = 512;
constexpr size_t kTarChecksum = 148;  // POSIX.1-1988 ustar: 8 bytes, octal
constexpr size_t kZipName = 30;       // APPNOTE 4.3.7: the name follows 30 bytes of header

bool is_bzip2(std::string_view head) {
  return head.size() >= 10 && head.starts_with("BZh") && head[3] >= '1' && head[3] <= '9' &&
         (head.substr(4, 6) == "1AY&SY"sv || head.substr(4, 6) == "\x17\x72\x45\x38\x50\x90"sv);
}

// The first member of an OOXML, OpenDocument, EPUB or Java file.
bool is_office_zip(std::string_view head) {
  if (head.size() < kZipName) return false;
  const std::string_view name = head.substr(kZipName);
  constexpr std::array<std::string_view, 7> kFirst = {"[Content_Types].xml", "mimetype", "META-INF/", "_rels/",
                                                      "docProps/",           "word/",    "xl/"};
  return std::any_of(kFirst.begin(), kFirst.end(), [&](std::string_view first) { return name.starts_with(first); });
}

}  // namespace

bool is_tar(std::string_view head) {
  if (head.size() < kTarBlock || head[0] == '\0') return false;
  uint64_t claimed = 0;
  for (const char c : head.substr(kTarChecksum, 8)) {
    if (c >= '0' && c <= '7') claimed = claimed * 8 + static_cast<uint64_t>(c - '0');
    if (c == '8' || c == '9' || static_cast<unsigned char>(c) > '9') return false;
  }
  uint64_t sum = 0;
  for (size_t at = 0; at < kTarBlock; ++at) {
    const bool in_checksum = at >= kTarChecksum && at < kTarChecksum + 8;
    sum += in_checksum ? ' ' : static_cast<unsigned char>(head[at]);
  }
  return sum == claimed;
}

bool is_zip(std::string_view head) {
  return head.starts_with("PK\x03\x04"sv) || head.starts_with("PK\x05\x06"sv) || head.starts_with("PK\x07\x08PK"sv);
}

bool is_container(std::string_view head) {
  if (is_zip(head)) return !is_office_zip(head);
  return head.starts_with("\x1F\x8B\x08"sv) || head.starts_with("\x28\xB5\x2F\xFD"sv) ||
         head.starts_with("\xFD\x37zXZ\0"sv) || is_bzip2(head) || is_tar(head);
}

bool is_outlook(std::string_view head) {
  if (head.starts_with("!BDN")) return true;
  constexpr std::string_view kProperties = "_\0_\0p\0r\0o\0p\0e\0r\0t\0i\0e\0s\0_\0v\0"sv;
  constexpr std::string_view kStream = "_\0_\0s\0u\0b\0s\0t\0g\0"sv;
  return head.starts_with("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"sv) &&
         (head.find(kProperties) != head.npos || head.find(kStream) != head.npos);
}

}  // namespace custos::source
