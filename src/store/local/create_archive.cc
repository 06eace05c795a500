#include "store/local/create_archive.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <string>
#include <system_error>

#include "base/digest.h"
#include "base/file.h"
#include "store/catalog/postgres_catalog.h"
#include "store/catalog/sqlite_catalog.h"
#include "store/local/archive_parts.h"
#include "store/local/layout.h"
#include "store/originals/key_file.h"
#include "store/storage/open_objects.h"

namespace custos::store {
namespace {

namespace fs = std::filesystem;

bool is_ours(const std::string& name) {
  const std::string_view names[] = {kConfigFile,  kOriginalsFolder, kSegmentsFolder,   kAuditFolder,
                                    kCacheFolder, kScratchFolder,   "custos.toml.tmp", kLockFile};
  return name.starts_with(kNewCatalogFile) || std::find(std::begin(names), std::end(names), name) != std::end(names);
}

Status check_folder(const fs::path& folder) {
  std::error_code failure;
  if (fs::exists(folder / kCatalogFile, failure)) {
    return Error{Code::kConflict, folder.string() + " is an archive already"};
  }
  if (fs::exists(folder / kMigratingFile, failure)) {
    return Error{Code::kConflict, fmt::format("{} has an unfinished copy of an archive: run custos migrate again, or "
                                              "remove the folder",
                                              folder.string())};
  }
  if (!fs::exists(folder, failure)) return {};
  fs::directory_iterator at(folder, failure);
  if (failure) return io_error("cannot read the folder", folder, failure.value());
  for (; !failure && at != fs::directory_iterator(); at.increment(failure)) {
    if (is_ours(at->path().filename().string())) continue;
    return Error{Code::kInvalidArgument,
                 fmt::format("{} has other things in it: an archive needs a folder of its own", folder.string())};
  }
  return {};
}

Status check_key_place(const fs::path& folder, const fs::path& key_file) {
  std::error_code failure;
  const fs::path inner = fs::weakly_canonical(fs::absolute(key_file), failure);
  const fs::path outer = fs::weakly_canonical(fs::absolute(folder), failure);
  const auto [end, rest] = std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end());
  static_cast<void>(rest);
  if (failure || end != outer.end()) return {};
  return Error{Code::kInvalidArgument,
               fmt::format("the key {} would be inside the archive that it protects", key_file.string())};
}

Status set_identity(Catalog& catalog, const std::string& archive_id, const MasterKey& key) {
  const Digest check = Digest::from_view(key.derive(kPurposeKeyCheck, archive_id));
  RETURN_IF_ERROR(catalog.set_meta(kMetaKeyCheck, check.hex()));
  return catalog.set_meta(kMetaArchive, archive_id);
}

Status make_catalog(const fs::path& folder, const std::string& archive_id, const MasterKey& key) {
  RETURN_IF_ERROR(remove_new_catalog(folder));
  const fs::path temporary = folder / kNewCatalogFile;
  RETURN_IF_ERROR(SqliteCatalog::create(temporary));
  {
    ASSIGN_OR_RETURN(const auto catalog, SqliteCatalog::open(temporary, Sqlite::Mode::kWrite));
    RETURN_IF_ERROR(set_identity(*catalog, archive_id, key));
  }
  std::error_code failure;
  fs::rename(temporary, folder / kCatalogFile, failure);
  if (failure) return io_error("cannot rename to", folder / kCatalogFile, failure.value());
  return sync_folder(folder);
}

Status check_no_copy(const ArchiveOptions& options) {
  ASSIGN_OR_RETURN(const auto catalog, PostgresCatalog::open(postgres_options(options)));
  ASSIGN_OR_RETURN(const std::string mark, catalog->meta(kMetaMigrating));
  if (mark.empty()) return {};
  return Error{Code::kConflict, fmt::format("schema {} has an unfinished copy of an archive: run custos migrate again, "
                                            "or drop the schema",
                                            options.schema)};
}

// A bucket that is missing, or may not be read, is told of at once, and not by the first worker.
Status check_storage(const ArchiveOptions& options) {
  ASSIGN_OR_RETURN(const auto objects, open_objects(options));
  // Nothing has this name: the answer is short, however much there is.
  return objects->list("custos-probe/", [](const std::string&, uint64_t) { return Status(); });
}

}  // namespace

Status make_folders(const fs::path& folder, bool shared) {
  for (const char* name : {kAuditFolder, kOriginalsFolder, kSegmentsFolder}) {
    if (shared && name != kAuditFolder) break;
    std::error_code failure;
    fs::create_directories(folder / name, failure);
    if (failure) return io_error("cannot create the folder", folder / name, failure.value());
  }
  return {};
}

Status remove_new_catalog(const fs::path& folder) {
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
    const fs::path file = folder / (std::string(kNewCatalogFile) + suffix);
    std::error_code failure;
    fs::remove(file, failure);
    if (failure) return io_error("cannot remove", file, failure.value());
  }
  return {};
}

Status make_shared_catalog(const ArchiveOptions& options) {
  RETURN_IF_ERROR(check_storage(options));
  const client::PostgresOptions postgres = postgres_options(options);
  if (const Status made = PostgresCatalog::create(postgres); !made.ok()) {
    if (made.error().code != Code::kConflict) return made;
    ASSIGN_OR_RETURN(const auto catalog, PostgresCatalog::open(postgres));
    ASSIGN_OR_RETURN(const std::string archive, catalog->meta(kMetaArchive));
    if (!archive.empty()) return made;
  }
  return {};
}

Status create_archive(const fs::path& folder, const ArchiveOptions& options, std::string_view config) {
  if (sodium_init() < 0) return Error{Code::kIo, "no source of randomness"};
  RETURN_IF_ERROR(check_parts(options));
  RETURN_IF_ERROR(check_folder(folder));
  if (is_shared(options)) {
    RETURN_IF_ERROR(make_shared_catalog(options));
    RETURN_IF_ERROR(check_no_copy(options));
  }
  std::array<char, 16> random{};
  randombytes_buf(random.data(), random.size());
  const std::string archive_id = blake2b({random.data(), random.size()}).hex_prefix(16);
  ASSIGN_OR_RETURN(const fs::path key_file, MasterKey::path(options.key_file, archive_id));
  RETURN_IF_ERROR(check_key_place(folder, key_file));
  RETURN_IF_ERROR(make_folders(folder, is_shared(options)));
  ASSIGN_OR_RETURN(const MasterKey key, MasterKey::create(key_file));
  RETURN_IF_ERROR(write_file_durably(folder / kConfigFile, config));
  if (!is_shared(options)) return make_catalog(folder, archive_id, key);
  ASSIGN_OR_RETURN(const auto catalog, PostgresCatalog::open(postgres_options(options)));
  return set_identity(*catalog, archive_id, key);
}

Status join_archive(const fs::path& folder, const ArchiveOptions& options, std::string_view config) {
  RETURN_IF_ERROR(check_parts(options));
  if (!is_shared(options)) {
    return Error{Code::kInvalidArgument, "only an archive with a catalog in PostgreSQL can be joined"};
  }
  RETURN_IF_ERROR(check_folder(folder));
  RETURN_IF_ERROR(check_storage(options));
  ASSIGN_OR_RETURN(const auto catalog, PostgresCatalog::open(postgres_options(options)));
  ASSIGN_OR_RETURN(const std::string archive_id, catalog->meta(kMetaArchive));
  if (archive_id.empty()) return Error{Code::kNotFound, "the catalog is of no archive yet: make it with custos init"};
  RETURN_IF_ERROR(make_folders(folder, true));
  return write_file_durably(folder / kConfigFile, config);
}

}  // namespace custos::store
