#include "store/segment/segment_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <system_error>
#include <utility>

#include "base/file.h"

namespace custos::store {
namespace {

namespace fs = std::filesystem;

bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char digit) { return digit >= '0' && digit <= '9'; });
}

}  // namespace

std::string segment_name(int64_t id, uint64_t revision) {
  return revision == 0 ? fmt::format("s{:08}", id) : fmt::format("s{:08}.{}", id, revision);
}

std::string next_revision(std::string_view name) {
  const size_t point = std::min(name.find('.'), name.size());
  uint64_t revision = 0;
  if (point < name.size()) std::from_chars(name.data() + point + 1, name.data() + name.size(), revision);
  return fmt::format("{}.{}", name.substr(0, point), revision + 1);
}

bool is_segment_name(std::string_view name) {
  if (name.ends_with(".tmp")) name.remove_suffix(4);
  const size_t point = std::min(name.find('.'), name.size());
  if (point < name.size() && !is_number(name.substr(point + 1))) return false;
  return point >= 9 && name.front() == 's' && is_number(name.substr(1, point - 1));
}

Result<SegmentFolder> SegmentFolder::create(const fs::path& segments, std::string name) {
  fs::path path = segments / (name + ".tmp");
  std::error_code failure;
  if (!fs::create_directory(path, failure)) {
    return io_error("cannot create the folder", path, failure ? failure.value() : EEXIST);
  }
  return SegmentFolder(segments, std::move(name), std::move(path));
}

SegmentFolder::SegmentFolder(SegmentFolder&& other) noexcept
    : segments_(std::move(other.segments_)),
      name_(std::move(other.name_)),
      path_(std::exchange(other.path_, {})),
      keep_(other.keep_) {}

SegmentFolder::~SegmentFolder() {
  std::error_code ignored;  // the next open for writing tries again
  if (!keep_ && !path_.empty()) fs::remove_all(path_, ignored);
}

Status SegmentFolder::take(const fs::path& from, const std::string& file) const {
  std::error_code failure;
  fs::create_hard_link(from / file, path_ / file, failure);
  if (!failure) return {};
  fs::copy_file(from / file, path_ / file, failure);
  if (failure) return io_error("cannot copy", from / file, failure.value());
  ASSIGN_OR_RETURN(File copy, File::open_append(path_ / file));
  return copy.sync();
}

Status SegmentFolder::finish(std::string_view manifest) {
  RETURN_IF_ERROR(write_file_durably(path_ / kManifestFile, manifest));
  const fs::path named = segments_ / name_;
  std::error_code failure;
  fs::rename(path_, named, failure);
  if (failure) return io_error("cannot rename to", named, failure.value());
  path_ = named;
  return sync_folder(segments_);
}

}  // namespace custos::store
