// JSON lines on stdin: what the filters read.
#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace custos::app {

inline constexpr uint64_t kLineBytesMax = 256ULL << 20;

// {"id": …, "text": …}; other fields are passed over.
struct TextLine {
  std::string id;  // as JSON, so that 7 stays 7 and "7" stays "7"; null where missing
  std::string text;
};
// kCorrupt names the line's number and what is wrong with it, without its content.
[[nodiscard]] Result<TextLine> parse_text_line(std::string_view line, uint64_t number);

// Calls `take` for each line that is not blank, with its number from 1. kLimit past kLineBytesMax.
[[nodiscard]] Status for_each_line(std::FILE* input,
                                   const std::function<Status(std::string_view line, uint64_t number)>& take);

// Calls `answer` with the file's lines, or with stdin where `path` is "-"; it says whether every line was answered.
// Gives the command's exit code, and says what is wrong.
[[nodiscard]] int run_batch(const std::filesystem::path& path, const std::function<Result<bool>(std::FILE*)>& answer);

// Writes `line` and "\n" to stdout; kIo when the reader has gone or the disk is full.
[[nodiscard]] Status print_line(std::string_view line);

}  // namespace custos::app
