#include "store/storage/folder_storage.h"

#include <fmt/format.h>

#include <system_error>

#include "base/file.h"
#include "store/local/layout.h"
#include "store/local/writer_lock.h"
#include "store/originals/pack_file.h"
#include "store/segment/segment_folder.h"

namespace custos::store {

namespace fs = std::filesystem;

FolderStorage::FolderStorage(const fs::path& archive)
    : archive_(archive), segments_(archive / kSegmentsFolder), packs_(archive / kOriginalsFolder) {}

Result<fs::path> FolderStorage::segment(const std::string& name, std::span<const char* const> /*files*/) const {
  return segments_ / name;
}

std::string FolderStorage::pack_place(uint32_t pack) const { return (packs_ / pack_name(pack)).string(); }

Result<uint64_t> FolderStorage::pack_bytes(uint32_t pack) const {
  const fs::path path = packs_ / pack_name(pack);
  std::error_code failure;
  const uint64_t size = fs::file_size(path, failure);
  if (!failure) return size;
  return Error{failure == std::errc::no_such_file_or_directory ? Code::kNotFound : Code::kIo, failure.message()};
}

Status FolderStorage::read_pack(uint32_t pack, uint64_t offset, std::span<char> bytes) const {
  ASSIGN_OR_RETURN(const File file, File::open_read(packs_ / pack_name(pack)));
  return file.read_at(offset, bytes);
}

Status FolderStorage::list(const NameVisitor& visit) const {
  for (const char* parent : {kSegmentsFolder, kOriginalsFolder}) {
    std::error_code failure;
    for (fs::directory_iterator at(archive_ / parent, failure), end; !failure && at != end; at.increment(failure)) {
      visit(parent, at->path().filename().string());
    }
    if (failure) return Error{Code::kIo, fmt::format("{}: {}", parent, failure.message())};
  }
  return {};
}

bool FolderStorage::is_being_written() const { return WriterLock::is_held(archive_); }

Status FolderStorage::remove_segment(const std::string& name) {
  std::error_code failure;
  fs::remove_all(segments_ / name, failure);
  return failure ? Status(io_error("cannot remove", segments_ / name, failure.value())) : Status();
}

Status FolderStorage::remove_pack(uint32_t pack) {
  std::error_code failure;
  fs::remove(packs_ / pack_name(pack), failure);
  return failure ? Status(io_error("cannot remove", packs_ / pack_name(pack), failure.value())) : Status();
}

Status FolderStorage::clean_up(const std::set<std::string>& segments) {
  std::error_code failure;
  for (fs::directory_iterator at(segments_, failure), end; !failure && at != end; at.increment(failure)) {
    const std::string name = at->path().filename().string();
    if (!is_segment_name(name) || segments.contains(name)) continue;
    fs::remove_all(at->path(), failure);
  }
  return failure ? Status(io_error("cannot clean up", segments_, failure.value())) : Status();
}

}  // namespace custos::store
