#include "source/source.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <system_error>

#include "base/file.h"
#include "source/folder/file_source.h"

namespace custos::source {
namespace {

struct Name {
  std::string_view name;
  Format format;
};

constexpr std::array<Name, 8> kNames = {{{"auto", Format::kAuto},
                                         {"mbox", Format::kMbox},
                                         {"maildir", Format::kMaildir},
                                         {"eml", Format::kEml},
                                         {"emlx", Format::kEmlx},
                                         {"jsonl", Format::kJsonLines},
                                         {"tar", Format::kTar},
                                         {"zip", Format::kZip}}};

}  // namespace

Result<Format> format_from_name(std::string_view name) {
  std::string known;
  for (const Name& each : kNames) {
    if (each.name == name) return each.format;
    known += known.empty() ? "" : ", ";
    known += each.name;
  }
  return Error{Code::kInvalidArgument, fmt::format("no format '{}'; there are {}", name, known)};
}

std::string_view format_name(Format format) {
  const auto* found =
      std::find_if(kNames.begin(), kNames.end(), [&](const Name& each) { return each.format == format; });
  return found == kNames.end() ? "auto" : found->name;
}

Result<std::unique_ptr<Source>> open_source(const std::filesystem::path& path, const SourceOptions& options,
                                            FileLookup lookup) {
  std::error_code failure;
  if (path != "-" && !std::filesystem::exists(path, failure)) {
    return Error{Code::kNotFound, fmt::format("there is no {}", path.string())};
  }
  std::filesystem::path given = path;
  if (path != "-" && !given.has_filename()) given = given.parent_path();
  return std::unique_ptr<Source>(std::make_unique<FileSource>(std::move(given), options, std::move(lookup)));
}

}  // namespace custos::source
