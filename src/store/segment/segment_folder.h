// A segment's folder while it is made: under a temporary name until finish().
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"
#include "store/segment/manifest.h"

namespace custos::store {

inline constexpr char kMessagesFile[] = "messages.parquet";
inline constexpr char kChunksFile[] = "chunks.parquet";
inline constexpr char kPostingsFile[] = "postings";
inline constexpr char kTextsFile[] = "texts";
inline constexpr char kVectorsFile[] = "vectors";  // only where chunks were embedded

// All that a segment may have, beside its manifest.
inline constexpr const char* kSegmentFiles[] = {kMessagesFile, kChunksFile, kPostingsFile, kTextsFile, kVectorsFile};

// "s00000012", and "s00000012.3" where the segment was made anew for the third time.
[[nodiscard]] std::string segment_name(int64_t id, uint64_t revision = 0);
// The name for the next revision of a segment.
[[nodiscard]] std::string next_revision(std::string_view name);
// Whether a folder of this name is a segment's, published or temporary: what recovery may remove.
[[nodiscard]] bool is_segment_name(std::string_view name);

class SegmentFolder {
 public:
  [[nodiscard]] static Result<SegmentFolder> create(const std::filesystem::path& segments, std::string name);
  // Removes the folder unless keep() was called.
  ~SegmentFolder();
  SegmentFolder(SegmentFolder&& other) noexcept;
  SegmentFolder& operator=(SegmentFolder&&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }  // where the files are now
  [[nodiscard]] const std::string& name() const { return name_; }
  // Another name for a finished file of another segment; a copy where the file system has no hard links.
  [[nodiscard]] Status take(const std::filesystem::path& from, const std::string& file) const;
  // Size and hash of a file that was written here.
  [[nodiscard]] Result<ManifestFile> describe(const std::string& file) const { return describe_file(path_ / file); }
  // REQUIRES: all files are synced. Writes the manifest and gives the folder its name, durably. The catalog then
  // decides whether it exists.
  [[nodiscard]] Status finish(std::string_view manifest);
  void keep() { keep_ = true; }

 private:
  SegmentFolder(std::filesystem::path segments, std::string name, std::filesystem::path path)
      : segments_(std::move(segments)), name_(std::move(name)), path_(std::move(path)) {}

  std::filesystem::path segments_;
  std::string name_;
  std::filesystem::path path_;
  bool keep_ = false;
};

}  // namespace custos::store
