// Which catalog and which storage an archive has.
#pragma once

#include <filesystem>
#include <memory>

#include "base/result.h"
#include "client/postgres.h"
#include "store/archive.h"
#include "store/catalog/catalog.h"
#include "store/storage/storage.h"

namespace custos::store {

// Catalog and storage are elsewhere, for many who write at once; else both are in the folder, for one.
[[nodiscard]] inline bool is_shared(const ArchiveOptions& options) { return !options.catalog.empty(); }
// kInvalidArgument where only one of catalog and storage is shared.
[[nodiscard]] Status check_parts(const ArchiveOptions& options);

[[nodiscard]] client::PostgresOptions postgres_options(const ArchiveOptions& options);

// kNotFound where there is none.
[[nodiscard]] Result<std::unique_ptr<Catalog>> open_catalog(const std::filesystem::path& folder,
                                                            const ArchiveOptions& options, bool for_writing);
[[nodiscard]] Result<std::unique_ptr<Storage>> open_storage(const std::filesystem::path& folder,
                                                            const ArchiveOptions& options, bool for_writing);

}  // namespace custos::store
