#include "store/storage/shared_storage.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <system_error>
#include <utility>
#include <vector>

#include "base/file.h"
#include "store/local/layout.h"
#include "store/originals/pack_file.h"
#include "store/segment/segment_folder.h"

namespace custos::store {
namespace {

namespace fs = std::filesystem;

constexpr int kWritersMax = 256;  // processes of one machine that write to one archive
constexpr uint64_t kManifestBytesMax = 16 << 20;

std::string segment_object(const std::string& segment, std::string_view file) {
  return fmt::format("{}/{}/{}", kSegmentsFolder, segment, file);
}

std::string pack_object(uint32_t pack) { return fmt::format("{}/{}", kOriginalsFolder, pack_name(pack)); }

Status make_folder(const fs::path& folder) {
  std::error_code failure;
  fs::create_directories(folder, failure);
  return failure ? Status(io_error("cannot create the folder", folder, failure.value())) : Status();
}

}  // namespace

SharedStorage::SharedStorage(const fs::path& archive, std::unique_ptr<Objects> objects, uint64_t cache_bytes_max)
    : objects_(std::move(objects)), cache_(archive / kCacheFolder, cache_bytes_max) {}

Result<std::unique_ptr<SharedStorage>> SharedStorage::open(const fs::path& archive, std::unique_ptr<Objects> objects,
                                                           uint64_t cache_bytes_max, bool for_writing) {
  std::unique_ptr<SharedStorage> storage(new SharedStorage(archive, std::move(objects), cache_bytes_max));
  RETURN_IF_ERROR(storage->cache_.open());
  if (for_writing) RETURN_IF_ERROR(storage->take_scratch(archive));
  return storage;
}

Status SharedStorage::take_scratch(const fs::path& archive) {
  for (int number = 0; number < kWritersMax; ++number) {
    const fs::path folder = archive / kScratchFolder / std::to_string(number);
    RETURN_IF_ERROR(make_folder(folder));
    Result<WriterLock> lock = WriterLock::acquire(folder);
    if (!lock.ok() && lock.error().code == Code::kConflict) continue;
    if (!lock.ok()) return lock.error();
    lock_ = std::move(lock).value();
    segments_ = folder / kSegmentsFolder;
    packs_ = folder / kOriginalsFolder;
    std::error_code ignored;  // making them anew would fail
    fs::remove_all(segments_, ignored);
    fs::remove_all(packs_, ignored);
    RETURN_IF_ERROR(make_folder(segments_));
    return make_folder(packs_);
  }
  return Error{Code::kLimit,
               fmt::format("{} processes of this machine write to {} already", kWritersMax, archive.string())};
}

Result<uint64_t> SharedStorage::fetch(const std::string& segment, const std::string& file) const {
  static std::atomic<uint64_t> attempts{0};
  const fs::path folder = cache_.folder(segment);
  std::error_code failure;
  if (fs::exists(folder / file, failure)) return uint64_t{0};
  RETURN_IF_ERROR(make_folder(folder));
  const fs::path part = folder / fmt::format("{}.part-{}-{}", file, ::getpid(), ++attempts);
  const Status got = objects_->get(segment_object(segment, file), part);
  if (!got.ok()) {
    fs::remove(part, failure);
    if (got.error().code == Code::kNotFound) cache_.remove(segment);
    return got.error();
  }
  ASSIGN_OR_RETURN(const File fetched, File::open_read(part));
  ASSIGN_OR_RETURN(const uint64_t bytes, fetched.size());
  fs::rename(part, folder / file, failure);
  if (failure) return io_error("cannot rename to", folder / file, failure.value());
  return bytes;
}

Result<Manifest> SharedStorage::manifest(const std::string& segment, uint64_t& fetched) const {
  ASSIGN_OR_RETURN(const uint64_t bytes, fetch(segment, kManifestFile));
  fetched += bytes;
  ASSIGN_OR_RETURN(const std::string json, read_file(cache_.folder(segment) / kManifestFile, kManifestBytesMax));
  return Manifest::parse(json);
}

Result<fs::path> SharedStorage::segment(const std::string& name, std::span<const char* const> files) const {
  uint64_t fetched = 0;
  ASSIGN_OR_RETURN(const Manifest listed, manifest(name, fetched));
  for (const char* const file : files) {
    if (listed.file(file) == nullptr) continue;
    ASSIGN_OR_RETURN(const uint64_t bytes, fetch(name, file));
    fetched += bytes;
    if (bytes == 0) continue;
    if (const Status same = check_file(cache_.folder(name), listed, file); !same.ok()) {
      cache_.remove(name);  // the next attempt fetches it anew
      return Error{same.error().code,
                   fmt::format("{}{}: {}", objects_->place(), segment_object(name, file), same.error().message)};
    }
  }
  cache_.used(name, fetched);
  return cache_.folder(name);
}

Result<uint64_t> SharedStorage::pack_bytes(uint32_t pack) const { return objects_->size(pack_object(pack)); }

Status SharedStorage::read_pack(uint32_t pack, uint64_t offset, std::span<char> bytes) const {
  return objects_->read(pack_object(pack), offset, bytes);
}

std::string SharedStorage::pack_place(uint32_t pack) const { return objects_->place() + pack_object(pack); }

Status SharedStorage::list(const NameVisitor& visit) const {
  std::string last;
  for (const char* parent : {kSegmentsFolder, kOriginalsFolder}) {
    const std::string prefix = std::string(parent) + "/";
    const Status listed = objects_->list(prefix, [&](const std::string& name, uint64_t) -> Status {
      std::string child = name.substr(prefix.size(), name.find('/', prefix.size()) - prefix.size());
      if (child != last) visit(parent, child);
      last = std::move(child);
      return {};
    });
    RETURN_IF_ERROR(listed);
  }
  return {};
}

Status SharedStorage::put_segment(const std::string& name) {
  ASSIGN_OR_RETURN(const std::string json, read_file(segments_ / name / kManifestFile, kManifestBytesMax));
  ASSIGN_OR_RETURN(const Manifest listed, Manifest::parse(json));
  for (const ManifestFile& file : listed.files) {
    RETURN_IF_ERROR(objects_->put(segment_object(name, file.name), segments_ / name / file.name));
  }
  // Last: a segment with a manifest is whole.
  RETURN_IF_ERROR(objects_->put(segment_object(name, kManifestFile), segments_ / name / kManifestFile));
  return cache_.take(segments_ / name, name);
}

Status SharedStorage::put_pack(uint32_t pack) {
  const fs::path file = packs_ / pack_name(pack);
  RETURN_IF_ERROR(objects_->put(pack_object(pack), file));
  std::error_code ignored;  // scratch is emptied by the next one that takes it
  fs::remove(file, ignored);
  return {};
}

Status SharedStorage::remove_segment(const std::string& name) {
  cache_.remove(name);
  std::vector<std::string> files;
  const std::string prefix = segment_object(name, "");
  const Status listed = objects_->list(prefix, [&](const std::string& object, uint64_t) -> Status {
    files.push_back(object);
    return {};
  });
  RETURN_IF_ERROR(listed);
  // The manifest first: from then on nobody takes the segment for a whole one.
  std::ranges::stable_partition(files, [](const std::string& file) { return file.ends_with(kManifestFile); });
  for (const std::string& file : files) RETURN_IF_ERROR(objects_->remove(file));
  return {};
}

Status SharedStorage::remove_pack(uint32_t pack) { return objects_->remove(pack_object(pack)); }

// Others may be writing: what the catalog calls abandoned is removed by whoever merges.
Status SharedStorage::clean_up(const std::set<std::string>& /*segments*/) { return {}; }

}  // namespace custos::store
