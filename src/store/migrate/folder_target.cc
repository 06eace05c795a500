#include "store/migrate/folder_target.h"

#include <system_error>
#include <utility>
#include <vector>

#include "base/file.h"
#include "store/catalog/sqlite.h"
#include "store/catalog/sqlite_catalog.h"
#include "store/local/create_archive.h"
#include "store/local/layout.h"

namespace custos::store {
namespace {

namespace fs = std::filesystem;

// Nobody reads the file before it is whole and synced. Indexes are sorted in files, not in memory.
constexpr char kSettings[] =
    "PRAGMA synchronous = OFF; PRAGMA cache_size = -32768; PRAGMA mmap_size = 0; PRAGMA wal_autocheckpoint = 4000;"
    "PRAGMA journal_size_limit = 67108864; PRAGMA temp_store = FILE; PRAGMA foreign_keys = OFF;";

}  // namespace

Result<CatalogDatabase> FolderTarget::begin_catalog() {
  const fs::path file = place_.folder / kNewCatalogFile;
  RETURN_IF_ERROR(remove_new_catalog(place_.folder));
  RETURN_IF_ERROR(SqliteCatalog::create(file));
  ASSIGN_OR_RETURN(Sqlite database, Sqlite::open(file, Sqlite::Mode::kWrite));
  sql_ = std::make_unique<Sqlite>(std::move(database));
  RETURN_IF_ERROR(sql_->execute(kSettings));
  RETURN_IF_ERROR(sql_->execute("BEGIN"));
  return CatalogDatabase{*sql_, false};
}

Status FolderTarget::end_catalog() {
  RETURN_IF_ERROR(sql_->execute("COMMIT"));
  RETURN_IF_ERROR(sql_->execute("PRAGMA wal_checkpoint(TRUNCATE)"));
  sql_.reset();
  ASSIGN_OR_RETURN(File file, File::open_append(place_.folder / kNewCatalogFile));
  RETURN_IF_ERROR(file.sync());
  return remove_halves();
}

// What a copy that was killed had not given its name yet.
Status FolderTarget::remove_halves() const {
  for (const char* parent : {kSegmentsFolder, kOriginalsFolder}) {
    std::error_code failure;
    std::vector<fs::path> halves;
    for (fs::recursive_directory_iterator at(place_.folder / parent, failure), end; !failure && at != end;
         at.increment(failure)) {
      if (FolderObjects::is_half(at->path().filename().string())) halves.push_back(at->path());
    }
    if (failure) return io_error("cannot read the folder", place_.folder / parent, failure.value());
    for (const fs::path& half : halves) fs::remove(half, failure);
    if (failure) return io_error("cannot clean up", place_.folder / parent, failure.value());
  }
  return {};
}

Status FolderTarget::publish() {
  std::error_code failure;
  fs::rename(place_.folder / kNewCatalogFile, place_.folder / kCatalogFile, failure);
  if (failure) return io_error("cannot rename to", place_.folder / kCatalogFile, failure.value());
  return sync_folder(place_.folder);
}

}  // namespace custos::store
