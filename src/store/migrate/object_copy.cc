#include "store/migrate/object_copy.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <utility>

#include "base/file.h"
#include "store/local/layout.h"
#include "store/originals/pack_file.h"

namespace custos::store {
namespace {

namespace fs = std::filesystem;

constexpr size_t kBufferBytes = 1 << 20;
constexpr char kCutFile[] = "cut";

std::string in_segment(const std::string& segment, std::string_view file) {
  return fmt::format("{}/{}/{}", kSegmentsFolder, segment, file);
}

Status make_empty(const fs::path& folder) {
  std::error_code failure;
  fs::remove_all(folder, failure);
  if (!failure) fs::create_directories(folder, failure);
  return failure ? Status(io_error("cannot make the folder", folder, failure.value())) : Status();
}

}  // namespace

ObjectCopy::~ObjectCopy() {
  std::error_code ignored;  // the next attempt begins with an empty one
  fs::remove_all(scratch_, ignored);
}

Result<std::map<std::string, uint64_t>> ObjectCopy::listed() const {
  std::map<std::string, uint64_t> all;
  for (const char* parent : {kSegmentsFolder, kOriginalsFolder}) {
    RETURN_IF_ERROR(to_.list(fmt::format("{}/", parent), [&](const std::string& name, uint64_t bytes) -> Status {
      all.emplace(name, bytes);
      return {};
    }));
  }
  return all;
}

Status ObjectCopy::begin() {
  RETURN_IF_ERROR(make_empty(scratch_));
  ASSIGN_OR_RETURN(before_, listed());
  return {};
}

Result<fs::path> ObjectCopy::fetch(const std::string& name) {
  if (!folder_.empty()) return folder_ / name;
  const fs::path file = scratch_ / fs::path(name).filename();
  RETURN_IF_ERROR(from_.get(name, file));
  return file;
}

Result<bool> ObjectCopy::is_there(const std::string& name, uint64_t bytes) {
  const auto at = before_.find(name);
  if (at == before_.end()) return false;
  if (at->second == bytes) return true;  // what has a name is only ever appended to
  RETURN_IF_ERROR(to_.remove(name));
  return false;
}

Status ObjectCopy::put(const std::string& name, const fs::path& file, uint64_t bytes) {
  RETURN_IF_ERROR(to_.put(name, file));
  copied_[name] = bytes;
  bytes_ += bytes;
  std::error_code ignored;  // only room is lost
  if (folder_.empty()) fs::remove(file, ignored);
  return observe_(bytes);
}

Status ObjectCopy::copy_file(const std::string& segment, const Manifest& manifest, const ManifestFile& file) {
  const std::string name = in_segment(segment, file.name);
  ASSIGN_OR_RETURN(const bool there, is_there(name, file.bytes));
  if (there) {
    copied_[name] = file.bytes;
    bytes_ += file.bytes;
    return observe_(file.bytes);
  }
  ASSIGN_OR_RETURN(const fs::path path, fetch(name));
  // Nothing is made from a file that is not what its manifest says.
  RETURN_IF_ERROR(check_file(path.parent_path(), manifest, file.name.c_str()));
  return put(name, path, file.bytes);
}

Status ObjectCopy::copy_segment(const SegmentRow& row) {
  const std::string name = in_segment(row.name, kManifestFile);
  ASSIGN_OR_RETURN(const fs::path path, fetch(name));
  ASSIGN_OR_RETURN(const Manifest manifest, read_manifest(path.parent_path(), row.manifest));
  for (const ManifestFile& file : manifest.files) RETURN_IF_ERROR(copy_file(row.name, manifest, file));
  std::error_code failure;
  const uint64_t bytes = fs::file_size(path, failure);
  if (failure) return io_error("cannot read", path, failure.value());
  // Last: a segment with a manifest is whole.
  ASSIGN_OR_RETURN(const bool there, is_there(name, bytes));
  static_cast<void>(there);
  return put(name, path, bytes);
}

Result<fs::path> ObjectCopy::cut(const fs::path& file, uint64_t bytes) const {
  ASSIGN_OR_RETURN(const File whole, File::open_read(file));
  const fs::path path = scratch_ / kCutFile;
  ASSIGN_OR_RETURN(File part, File::create(path));
  std::string buffer(kBufferBytes, '\0');
  for (uint64_t at = 0; at < bytes; at += buffer.size()) {
    const auto count = static_cast<size_t>(std::min<uint64_t>(buffer.size(), bytes - at));
    RETURN_IF_ERROR(whole.read_at(at, std::span(buffer).first(count)));
    RETURN_IF_ERROR(part.write(std::string_view(buffer).substr(0, count)));
  }
  return path;
}

Status ObjectCopy::copy_pack(const PackRow& row) {
  const std::string name = fmt::format("{}/{}", kOriginalsFolder, pack_name(row.id));
  ASSIGN_OR_RETURN(const bool there, is_there(name, row.bytes));
  if (there) {
    copied_[name] = row.bytes;
    bytes_ += row.bytes;
    return observe_(row.bytes);
  }
  ASSIGN_OR_RETURN(fs::path path, fetch(name));
  std::error_code failure;
  const uint64_t size = fs::file_size(path, failure);
  if (failure) return io_error("cannot read", path, failure.value());
  if (size < row.bytes) {
    return Error{Code::kCorrupt, fmt::format("{}{}: {} bytes, {} were committed: restore the file from a backup",
                                             from_.place(), name, size, row.bytes)};
  }
  if (size > row.bytes) {
    ASSIGN_OR_RETURN(path, cut(path, row.bytes));
  }
  return put(name, path, row.bytes);
}

Status ObjectCopy::finish() {
  ASSIGN_OR_RETURN(const auto there, listed());
  for (const auto& [name, bytes] : there) {
    if (!copied_.contains(name)) RETURN_IF_ERROR(to_.remove(name));
  }
  for (const auto& [name, bytes] : copied_) {
    const auto at = there.find(name);
    if (at != there.end() && at->second == bytes) continue;
    return Error{Code::kCorrupt, fmt::format("{}{} has {} bytes, {} were copied: run it again", to_.place(), name,
                                             at == there.end() ? 0 : at->second, bytes)};
  }
  return {};
}

Result<bool> has_parts(const Objects& objects) {
  bool any = false;
  const Error enough{Code::kCancelled, ""};
  for (const char* parent : {kSegmentsFolder, kOriginalsFolder}) {
    const Status listed = objects.list(fmt::format("{}/", parent), [&](const std::string&, uint64_t) -> Status {
      any = true;
      return enough;
    });
    if (any) return true;
    RETURN_IF_ERROR(listed);
  }
  return any;
}

}  // namespace custos::store
