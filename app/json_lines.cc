#include "app/json_lines.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "app/commands.h"
#include "base/json_reader.h"

namespace custos::app {

Result<TextLine> parse_text_line(std::string_view line, uint64_t number) {
  const auto json = JsonDocument::parse(line);
  if (!json.ok()) return Error{Code::kCorrupt, fmt::format("line {} is {}", number, json.error().message)};
  const auto text = json->root().member("text");
  if (!text || !text->string()) return Error{Code::kCorrupt, fmt::format("line {} has no string \"text\"", number)};
  const auto id = json->root().member("id");
  return TextLine{id ? id->text() : "null", std::string(*text->string())};
}

Status for_each_line(std::FILE* input, const std::function<Status(std::string_view, uint64_t)>& take) {
  std::array<char, 64 << 10> buffer{};
  std::string line;
  uint64_t number = 0;
  const auto end_line = [&]() -> Status {
    ++number;
    if (line.find_first_not_of(" \t\r") != std::string::npos) RETURN_IF_ERROR(take(line, number));
    line.clear();
    return {};
  };
  while (const size_t count = std::fread(buffer.data(), 1, buffer.size(), input)) {
    std::string_view rest(buffer.data(), count);
    for (size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
      line += rest.substr(0, end);
      rest.remove_prefix(end + 1);
      RETURN_IF_ERROR(end_line());
    }
    line += rest;
    if (line.size() > kLineBytesMax) {
      return Error{Code::kLimit, fmt::format("line {} is longer than {} bytes", number + 1, kLineBytesMax)};
    }
  }
  return line.empty() ? Status{} : end_line();
}

int run_batch(const std::filesystem::path& path, const std::function<Result<bool>(std::FILE*)>& answer) {
  std::FILE* lines = path == "-" ? stdin : std::fopen(path.c_str(), "rb");
  if (lines == nullptr) return report({Code::kNotFound, fmt::format("cannot open {}", path.string())});
  const Result<bool> all_done = answer(lines);
  if (lines != stdin) std::fclose(lines);
  if (!all_done.ok()) return report(all_done.error());
  return *all_done ? kExitDone : kExitSomeFailed;
}

Status print_line(std::string_view line) {
  const bool written = std::fwrite(line.data(), 1, line.size(), stdout) == line.size() && std::fputc('\n', stdout) >= 0;
  if (!written) return Error{Code::kIo, fmt::format("cannot write to stdout: {}", std::strerror(errno))};
  return {};
}

}  // namespace custos::app
