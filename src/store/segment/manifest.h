// MANIFEST.json: what a segment's folder holds, and by what it was made.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "base/result.h"

namespace custos::store {

struct ManifestFile {
  std::string name;
  uint64_t bytes = 0;
  std::string blake2b;  // 64 hex digits

  bool operator==(const ManifestFile&) const = default;
};

struct Manifest {
  std::string archive;
  std::string segment;
  uint64_t messages = 0;
  uint64_t chunks = 0;
  std::vector<ManifestFile> files;
  std::vector<std::pair<std::string, std::string>> versions;

  bool operator==(const Manifest&) const = default;
  [[nodiscard]] std::string json() const;
  // kCorrupt where it is not such a text; kUnsupported where its format is newer.
  [[nodiscard]] static Result<Manifest> parse(std::string_view json);
};

// Size and BLAKE2b-256 of a file, streamed.
[[nodiscard]] Result<ManifestFile> describe_file(const std::filesystem::path& path);

}  // namespace custos::store
