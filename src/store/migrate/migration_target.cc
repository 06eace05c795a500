#include "store/migrate/migration_target.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <system_error>
#include <utility>

#include "base/file.h"
#include "store/local/archive_parts.h"
#include "store/local/create_archive.h"
#include "store/local/layout.h"
#include "store/migrate/folder_target.h"
#include "store/migrate/shared_target.h"

namespace custos::store {
namespace {

namespace fs = std::filesystem;

constexpr char kScratch[] = "migrate";

// "" where there is no mark.
Result<std::string> marked_archive(const fs::path& folder) {
  const Result<std::string> text = read_file(folder / kMigratingFile, 256);
  if (text.ok()) return text->substr(0, text->find('\n'));
  if (text.error().code == Code::kNotFound) return std::string();
  return text.error();
}

// An attempt that ended before its mark has left no more than a lock.
Status check_empty(const fs::path& folder) {
  std::error_code failure;
  if (!fs::exists(folder, failure)) return {};
  if (fs::exists(folder / kConfigFile, failure)) {
    return Error{Code::kConflict, fmt::format("{} is the folder of an archive already", folder.string())};
  }
  fs::directory_iterator at(folder, failure);
  if (failure) return io_error("cannot read the folder", folder, failure.value());
  for (; !failure && at != fs::directory_iterator(); at.increment(failure)) {
    if (at->path().filename() == kLockFile) continue;
    return Error{Code::kInvalidArgument,
                 fmt::format("{} has other things in it: an archive needs a folder of its own", folder.string())};
  }
  return {};
}

Status check_folder(const fs::path& folder, const std::string& archive_id) {
  std::error_code failure;
  if (fs::exists(folder / kCatalogFile, failure)) {
    return Error{Code::kConflict, folder.string() + " is an archive already"};
  }
  ASSIGN_OR_RETURN(const std::string marked, marked_archive(folder));
  if (marked.empty()) return check_empty(folder);
  if (marked == archive_id) return {};
  return Error{Code::kConflict, fmt::format("{} has an unfinished copy of another archive: name another folder, or "
                                            "remove this one",
                                            folder.string())};
}

}  // namespace

fs::path MigrationTarget::scratch() const { return place_.folder / kScratchFolder / kScratch; }

Status MigrationTarget::claim_folder() {
  RETURN_IF_ERROR(check_folder(place_.folder, archive_id_));
  std::error_code failure;
  fs::create_directories(place_.folder, failure);
  if (failure) return io_error("cannot create the folder", place_.folder, failure.value());
  ASSIGN_OR_RETURN(lock_, WriterLock::acquire(place_.folder));
  RETURN_IF_ERROR(check_folder(place_.folder, archive_id_));  // another one may have been at it until now
  return write_file_durably(place_.folder / kMigratingFile, archive_id_ + "\n");
}

Result<std::unique_ptr<MigrationTarget>> MigrationTarget::claim(const ArchivePlace& place,
                                                                const std::string& archive_id) {
  RETURN_IF_ERROR(check_parts(place.options));
  std::unique_ptr<MigrationTarget> target;
  if (is_shared(place.options)) {
    target = std::make_unique<SharedTarget>(place, archive_id);
  } else {
    target = std::make_unique<FolderTarget>(place, archive_id);
  }
  RETURN_IF_ERROR(check_folder(place.folder, archive_id));
  RETURN_IF_ERROR(target->claim_parts());
  RETURN_IF_ERROR(target->claim_folder());
  return target;
}

Status MigrationTarget::finish(std::string_view config, const std::function<Status()>& check) {
  RETURN_IF_ERROR(make_folders(place_.folder, is_shared(place_.options)));
  RETURN_IF_ERROR(write_file_durably(place_.folder / kConfigFile, config));
  RETURN_IF_ERROR(end_catalog());
  RETURN_IF_ERROR(check());
  RETURN_IF_ERROR(publish());
  std::error_code ignored;  // the archive is whole with them too
  fs::remove(place_.folder / kMigratingFile, ignored);
  fs::remove(place_.folder / kScratchFolder, ignored);
  return {};
}

}  // namespace custos::store
