#include "source/source.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <system_error>

#include "base/file.h"
#include "source/folder/disk_tree.h"
#include "source/folder/file_part.h"
#include "source/folder/file_source.h"
#include "source/kafka/kafka_source.h"
#include "source/kafka/kafka_url.h"
#include "source/object/s3_tree.h"

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

namespace {

constexpr std::string_view kS3 = "s3://";

Result<std::unique_ptr<FileTree>> open_tree(const std::filesystem::path& path, const SourceOptions& options) {
  if (path.native().starts_with(kS3)) return S3Tree::open(path.native(), options.s3, options.range_first);
  std::error_code failure;
  if (path != "-" && !std::filesystem::exists(path, failure)) {
    return Error{Code::kNotFound, fmt::format("there is no {}", path.string())};
  }
  std::filesystem::path given = path;
  if (path != "-" && !given.has_filename()) given = given.parent_path();
  return std::unique_ptr<FileTree>(std::make_unique<DiskTree>(std::move(given), options.folder_depth_max));
}

}  // namespace

Result<std::unique_ptr<Source>> open_source(const std::filesystem::path& path, const SourceOptions& options,
                                            FileLookup lookup) {
  if (is_kafka_url(path.native())) {
    SourceOptions inner = options;
    inner.format = Format::kAuto;
    inner.poll_seconds = 0;
    inner.range_first.clear();
    inner.range_last.clear();
    const FileOpener opener = [inner](const std::filesystem::path& named, FileLookup known) {
      return open_source(named, inner, std::move(known));
    };
    return KafkaSource::open(path.native(), options, std::move(lookup), opener);
  }
  SourceOptions of_tree = options;
  auto part = part_of_name(options.range_first);
  if (part) of_tree.range_first = of_tree.range_last = part->file;
  ASSIGN_OR_RETURN(auto tree, open_tree(path, of_tree));
  return std::unique_ptr<Source>(
      std::make_unique<FileSource>(std::move(tree), of_tree, std::move(lookup), std::move(part)));
}

Status list_files(const std::filesystem::path& path, const SourceOptions& options, uint64_t part_bytes,
                  const FileVisitor& visit) {
  ASSIGN_OR_RETURN(const auto tree, open_tree(path, options));
  while (true) {
    ASSIGN_OR_RETURN(const auto entry, tree->next());
    if (!entry) return {};
    const auto state = entry->problem.empty() ? tree->state(*entry) : std::nullopt;
    const uint64_t bytes = state ? state->size : 0;
    const std::vector<uint64_t> cuts = find_cuts(*tree, *entry, options, part_bytes);
    if (cuts.empty()) RETURN_IF_ERROR(visit({entry->path, bytes, false}));
    for (size_t i = 0; i <= cuts.size() && !cuts.empty(); ++i) {
      const uint64_t begin = i == 0 ? 0 : cuts[i - 1];
      const uint64_t end = i == cuts.size() ? 0 : cuts[i];
      RETURN_IF_ERROR(visit({part_name({entry->path, begin, end}), (end == 0 ? bytes : end) - begin, true}));
    }
  }
}

}  // namespace custos::source
