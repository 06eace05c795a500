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

inline constexpr char kManifestFile[] = "MANIFEST.json";

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
  uint64_t vectors = 0;
  std::vector<ManifestFile> files;
  std::vector<std::pair<std::string, std::string>> versions;

  bool operator==(const Manifest&) const = default;
  // Null where it does not list the file.
  [[nodiscard]] const ManifestFile* file(std::string_view name) const;
  // "" where there is none.
  [[nodiscard]] std::string version(std::string_view name) const;
  // Adds it, or replaces the one of that name.
  void set_version(std::string_view name, std::string_view version);
  [[nodiscard]] std::string json() const;
  // kCorrupt where it is not such a text; kUnsupported where its format is newer.
  [[nodiscard]] static Result<Manifest> parse(std::string_view json);
};

// Whether the segment's index has the subjects: "true" or "false" among Manifest::versions.
inline constexpr char kSubjectVersion[] = "index.subject";

// The manifest of a published segment. kCorrupt where it is not the one whose digest the catalog has.
[[nodiscard]] Result<Manifest> read_manifest(const std::filesystem::path& folder, const Digest& digest);

// Size and BLAKE2b-256 of a file, streamed.
[[nodiscard]] Result<ManifestFile> describe_file(const std::filesystem::path& path);
// kCorrupt where the file in `folder` is not what the manifest says: nothing may be made from it.
[[nodiscard]] Status check_file(const std::filesystem::path& folder, const Manifest& manifest, const char* name);

}  // namespace custos::store
