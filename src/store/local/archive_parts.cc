#include "store/local/archive_parts.h"

#include <fmt/format.h>

#include <system_error>
#include <utility>

#include "store/catalog/postgres_catalog.h"
#include "store/catalog/sqlite_catalog.h"
#include "store/local/layout.h"
#include "store/storage/folder_storage.h"
#include "store/storage/open_objects.h"
#include "store/storage/shared_storage.h"

namespace custos::store {

Status check_parts(const ArchiveOptions& options) {
  if (options.catalog.empty() == options.storage.empty()) return {};
  return Error{Code::kInvalidArgument,
               "archive.catalog and archive.storage go together: a catalog in PostgreSQL needs a storage that all its "
               "workers reach (s3://bucket/prefix, or file:///folder), and the other way round"};
}

client::PostgresOptions postgres_options(const ArchiveOptions& options) {
  client::PostgresOptions postgres;
  postgres.url = options.catalog;
  postgres.schema = options.schema;
  return postgres;
}

Result<std::unique_ptr<Catalog>> open_catalog(const std::filesystem::path& folder, const ArchiveOptions& options,
                                              bool for_writing) {
  RETURN_IF_ERROR(check_parts(options));
  if (is_shared(options)) {
    ASSIGN_OR_RETURN(auto catalog, PostgresCatalog::open(postgres_options(options)));
    return std::unique_ptr<Catalog>(std::move(catalog));
  }
  std::error_code failure;
  if (!std::filesystem::exists(folder / kCatalogFile, failure)) {
    const bool unfinished = std::filesystem::exists(folder / kMigratingFile, failure);
    return Error{Code::kNotFound,
                 fmt::format("{} is not an archive{}", folder.string(),
                             unfinished ? " yet: run custos migrate again" : ": make one with custos init")};
  }
  ASSIGN_OR_RETURN(auto catalog, SqliteCatalog::open(folder / kCatalogFile,
                                                     for_writing ? Sqlite::Mode::kWrite : Sqlite::Mode::kRead));
  return std::unique_ptr<Catalog>(std::move(catalog));
}

Result<std::unique_ptr<Storage>> open_storage(const std::filesystem::path& folder, const ArchiveOptions& options,
                                              bool for_writing) {
  if (!is_shared(options)) return std::unique_ptr<Storage>(std::make_unique<FolderStorage>(folder));
  ASSIGN_OR_RETURN(auto objects, open_objects(options));
  ASSIGN_OR_RETURN(auto storage, SharedStorage::open(folder, std::move(objects), options.cache_bytes_max, for_writing));
  return std::unique_ptr<Storage>(std::move(storage));
}

}  // namespace custos::store
