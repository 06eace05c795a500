#include "store/migrate/migration_source.h"

#include <fmt/format.h>

#include <utility>

#include "store/catalog/postgres_schema.h"
#include "store/catalog/postgres_sql.h"
#include "store/catalog/schema.h"
#include "store/catalog/sqlite.h"
#include "store/local/archive_parts.h"
#include "store/local/layout.h"
#include "store/storage/folder_objects.h"
#include "store/storage/open_objects.h"

namespace custos::store {
namespace {

constexpr char kChange[] = "SELECT coalesce(max(value), 0) FROM counter WHERE name = 'changes'";

Result<std::unique_ptr<Sql>> connect_postgres(const ArchiveOptions& options) {
  ASSIGN_OR_RETURN(auto postgres, client::Postgres::connect(postgres_options(options)));
  ASSIGN_OR_RETURN(const bool is_current, check_postgres(*postgres, options.schema));
  if (is_current) return std::unique_ptr<Sql>(std::make_unique<PostgresSql>(std::move(postgres)));
  return Error{Code::kUnsupported, fmt::format("the {} has a catalog of an older version: custos status brings it up "
                                               "to date",
                                               postgres->place())};
}

Result<std::unique_ptr<Sql>> open_sqlite(const std::filesystem::path& folder) {
  ASSIGN_OR_RETURN(Sqlite database, Sqlite::open(folder / kCatalogFile, Sqlite::Mode::kRead));
  RETURN_IF_ERROR(check_schema(database, false));
  RETURN_IF_ERROR(database.execute("PRAGMA query_only = ON; PRAGMA cache_size = -16384; PRAGMA mmap_size = 0;"));
  return std::unique_ptr<Sql>(std::make_unique<Sqlite>(std::move(database)));
}

}  // namespace

Result<std::unique_ptr<MigrationSource>> MigrationSource::open(const ArchivePlace& place) {
  RETURN_IF_ERROR(check_parts(place.options));
  std::unique_ptr<MigrationSource> source(new MigrationSource(place));
  RETURN_IF_ERROR(source->read_catalog());
  if (is_shared(place.options)) {
    ASSIGN_OR_RETURN(source->objects_, open_objects(place.options));
  } else {
    source->objects_ = std::make_unique<FolderObjects>(place.folder);
  }
  RETURN_IF_ERROR(source->connect());
  return source;
}

Status MigrationSource::connect() {
  if (is_shared(place_.options)) {
    ASSIGN_OR_RETURN(sql_, connect_postgres(place_.options));
  } else {
    ASSIGN_OR_RETURN(sql_, open_sqlite(place_.folder));
  }
  return {};
}

Status MigrationSource::read_catalog() {
  ASSIGN_OR_RETURN(const auto catalog, open_catalog(place_.folder, place_.options, false));
  if (!is_shared(place_.options)) {
    ASSIGN_OR_RETURN(lock_, WriterLock::acquire(place_.folder));
  }
  RETURN_IF_ERROR(catalog->begin_snapshot());
  ASSIGN_OR_RETURN(id_, catalog->meta(kMetaArchive));
  if (id_.empty()) return Error{Code::kNotFound, "the catalog is of no archive: there is nothing to migrate"};
  ASSIGN_OR_RETURN(segments_, catalog->segments());
  ASSIGN_OR_RETURN(packs_, catalog->packs());
  ASSIGN_OR_RETURN(const ArchiveStatus status, catalog->status());
  messages_ = status.stored;
  if (is_shared(place_.options)) {
    ASSIGN_OR_RETURN(change_, catalog->change_number());
  }
  catalog->rollback();
  return {};
}

std::filesystem::path MigrationSource::files() const {
  return is_shared(place_.options) ? std::filesystem::path() : place_.folder;
}

CatalogDatabase MigrationSource::database() { return {*sql_, is_shared(place_.options)}; }

Status MigrationSource::begin_view() {
  in_view_ = true;
  if (!is_shared(place_.options)) return sql_->execute("BEGIN");
  RETURN_IF_ERROR(sql_->execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"));
  return check_unchanged();
}

void MigrationSource::end_view() {
  // Where the connection is gone the view is too.
  if (in_view_) static_cast<void>(sql_->execute("ROLLBACK").ok());
  in_view_ = false;
}

Status MigrationSource::check_unchanged() {
  if (lock_) return {};
  ASSIGN_OR_RETURN(const int64_t change, sql_->integer(kChange));
  if (change == change_) return {};
  return Error{Code::kConflict,
               fmt::format("others have written to {} meanwhile: stop its workers and run it again, which goes on",
                           place_.folder.string())};
}

}  // namespace custos::store
