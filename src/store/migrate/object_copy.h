// Segments and packs from one storage into another. Both forms of an archive have them under the same names.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "base/result.h"
#include "store/catalog/row.h"
#include "store/segment/manifest.h"
#include "store/storage/objects.h"

namespace custos::store {

class ObjectCopy {
 public:
  // After each object: its bytes.
  using Observer = std::function<Status(uint64_t bytes)>;

  // `folder` is that of a source that has its files in one, else empty; `scratch` is made, emptied, and removed.
  // References must outlive it.
  ObjectCopy(const Objects& from, std::filesystem::path folder, Objects& to, std::filesystem::path scratch,
             const Observer& observe)
      : from_(from), folder_(std::move(folder)), to_(to), scratch_(std::move(scratch)), observe_(observe) {}
  ~ObjectCopy();
  ObjectCopy(const ObjectCopy&) = delete;
  ObjectCopy& operator=(const ObjectCopy&) = delete;

  // Looks at what an attempt before has copied already.
  [[nodiscard]] Status begin();
  // kCorrupt where a file is not what the manifest says.
  [[nodiscard]] Status copy_segment(const SegmentRow& row);
  // What the catalog does not count of it stays behind.
  [[nodiscard]] Status copy_pack(const PackRow& row);
  // Removes what belongs to an attempt before, and compares the sizes of what is there with what was copied.
  [[nodiscard]] Status finish();
  [[nodiscard]] uint64_t bytes() const { return bytes_; }

 private:
  // Where the object can be read as a file: the source's own, or a copy in scratch.
  Result<std::filesystem::path> fetch(const std::string& name);
  Status put(const std::string& name, const std::filesystem::path& file, uint64_t bytes);
  // Whether an attempt before has copied it; what it left of another size is removed.
  Result<bool> is_there(const std::string& name, uint64_t bytes);
  Result<std::filesystem::path> cut(const std::filesystem::path& file, uint64_t bytes) const;
  Status copy_file(const std::string& segment, const Manifest& manifest, const ManifestFile& file);
  [[nodiscard]] Result<std::map<std::string, uint64_t>> listed() const;

  const Objects& from_;
  const std::filesystem::path folder_;
  Objects& to_;
  const std::filesystem::path scratch_;
  const Observer& observe_;
  std::map<std::string, uint64_t> before_;  // there when it began
  std::map<std::string, uint64_t> copied_;
  uint64_t bytes_ = 0;
};

// Whether it has any segment or pack.
[[nodiscard]] Result<bool> has_parts(const Objects& objects);

}  // namespace custos::store
