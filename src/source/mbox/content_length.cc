#include "source/mbox/content_length.h"

#include <strings.h>

#include <charconv>

namespace custos::source {
namespace {

constexpr std::string_view kName = "content-length:";

std::optional<uint64_t> number_of(std::string_view line) {
  line.remove_prefix(kName.size());
  const size_t begin = line.find_first_not_of(" \t");
  if (begin == line.npos) return std::nullopt;
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(line.data() + begin, line.data() + line.size(), number);
  if (error != std::errc() || (end != line.data() + line.size() && *end != '\r' && *end != ' ')) return std::nullopt;
  return number;
}

}  // namespace

std::optional<uint64_t> content_length(std::string_view message) {
  while (!message.empty()) {
    const size_t newline = std::min(message.find('\n'), message.size());
    const std::string_view line = message.substr(0, newline);
    if (line.empty() || line == "\r") return std::nullopt;
    if (line.size() > kName.size() && (line.front() | 0x20) == kName.front() &&
        strncasecmp(line.data(), kName.data(), kName.size()) == 0)
      return number_of(line);
    message.remove_prefix(std::min(newline + 1, message.size()));
  }
  return std::nullopt;
}

}  // namespace custos::source
