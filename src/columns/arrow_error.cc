#include "columns/arrow_error.h"

#include <fmt/format.h>

namespace custos::columns {
namespace {

Code code_of(const arrow::Status& status) {
  if (status.IsIOError()) return Code::kIo;
  if (status.IsOutOfMemory() || status.IsCapacityError()) return Code::kLimit;
  if (status.IsNotImplemented()) return Code::kUnsupported;
  return Code::kCorrupt;
}

std::string one_line(std::string_view text) { return std::string(text.substr(0, text.find('\n'))); }

}  // namespace

Error arrow_error(const arrow::Status& status, std::string_view doing, const std::filesystem::path& path) {
  return {code_of(status), fmt::format("{} {}: {}", doing, path.string(), one_line(status.message()))};
}

Error arrow_error(std::string_view what, std::string_view doing, const std::filesystem::path& path) {
  return {Code::kCorrupt, fmt::format("{} {}: {}", doing, path.string(), one_line(what))};
}

}  // namespace custos::columns
