#include "store/storage/folder_objects.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <system_error>
#include <utility>

#include "base/file.h"
#include "store/segment/manifest.h"

namespace custos::store {
namespace {

namespace fs = std::filesystem;

constexpr char kPart[] = ".part-";

// Another name for each attempt of each process.
std::string part_name(const std::string& name) {
  static std::atomic<uint64_t> attempts{0};
  return fmt::format("{}{}{}-{}", name, kPart, ::getpid(), ++attempts);
}

Status copy_durably(const fs::path& from, const fs::path& to) {
  std::error_code failure;
  fs::copy_file(from, to, failure);
  if (failure) return io_error("cannot copy to", to, failure.value());
  ASSIGN_OR_RETURN(File copy, File::open_append(to));
  return copy.sync();
}

Status check_same(const fs::path& file, const fs::path& there) {
  ASSIGN_OR_RETURN(const ManifestFile ours, describe_file(file));
  ASSIGN_OR_RETURN(const ManifestFile theirs, describe_file(there));
  if (ours.bytes == theirs.bytes && ours.blake2b == theirs.blake2b) return {};
  return Error{Code::kConflict, fmt::format("{} exists already, with other bytes", there.string())};
}

}  // namespace

FolderObjects::FolderObjects(fs::path folder) : folder_(std::move(folder)), place_(folder_.string() + "/") {}

bool FolderObjects::is_half(std::string_view file) { return file.find(kPart) != std::string_view::npos; }

Status FolderObjects::put(const std::string& name, const fs::path& file) {
  const fs::path path = folder_ / name;
  const fs::path part = folder_ / part_name(name);
  std::error_code failure;
  fs::create_directories(path.parent_path(), failure);
  if (failure) return io_error("cannot create the folder", path.parent_path(), failure.value());
  RETURN_IF_ERROR(copy_durably(file, part));
  // A hard link fails where the name exists: one of two who put the same name wins.
  fs::create_hard_link(part, path, failure);
  std::error_code ignored;
  fs::remove(part, ignored);
  if (failure == std::errc::file_exists) return check_same(file, path);
  if (failure) return io_error("cannot link", path, failure.value());
  RETURN_IF_ERROR(sync_folder(path.parent_path()));
  return sync_folder(path.parent_path().parent_path());
}

Status FolderObjects::get(const std::string& name, const fs::path& file) const {
  std::error_code failure;
  fs::copy_file(folder_ / name, file, fs::copy_options::overwrite_existing, failure);
  if (!failure) return {};
  const Code code = failure == std::errc::no_such_file_or_directory ? Code::kNotFound : Code::kIo;
  return Error{code, fmt::format("cannot read {}{}: {}", place_, name, failure.message())};
}

Status FolderObjects::read(const std::string& name, uint64_t offset, std::span<char> bytes) const {
  ASSIGN_OR_RETURN(const File file, File::open_read(folder_ / name));
  return file.read_at(offset, bytes);
}

Result<uint64_t> FolderObjects::size(const std::string& name) const {
  std::error_code failure;
  const uint64_t size = fs::file_size(folder_ / name, failure);
  if (!failure) return size;
  const Code code = failure == std::errc::no_such_file_or_directory ? Code::kNotFound : Code::kIo;
  return Error{code, fmt::format("{}{}: {}", place_, name, failure.message())};
}

Status FolderObjects::remove(const std::string& name) {
  std::error_code failure;
  fs::remove(folder_ / name, failure);
  if (failure) return io_error("cannot remove", folder_ / name, failure.value());
  // A segment's folder goes with its last file; the folders above stay, since others may be putting there.
  if (std::ranges::count(name, '/') > 1) fs::remove((folder_ / name).parent_path(), failure);
  return {};
}

Status FolderObjects::list(const std::string& prefix, const Visitor& visit) const {
  std::map<std::string, uint64_t> found;
  std::error_code failure;
  if (!fs::exists(folder_, failure)) return {};
  for (fs::recursive_directory_iterator at(folder_, failure), end; !failure && at != end; at.increment(failure)) {
    if (!at->is_regular_file(failure)) continue;
    std::string name = at->path().lexically_relative(folder_).generic_string();
    if (name.starts_with(prefix) && !is_half(name)) {
      found.emplace(std::move(name), at->file_size(failure));
    }
  }
  if (failure) return io_error("cannot list", folder_, failure.value());
  for (const auto& [name, bytes] : found) RETURN_IF_ERROR(visit(name, bytes));
  return {};
}

}  // namespace custos::store
