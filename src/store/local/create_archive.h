// Makes an archive's folder.
#pragma once

#include <filesystem>
#include <string_view>

#include "base/result.h"
#include "store/archive.h"

namespace custos::store {

// See Archive::create. The catalog comes last: a folder without one can be tried again.
[[nodiscard]] Status create_archive(const std::filesystem::path& folder, const ArchiveOptions& options,
                                    std::string_view config);
// See Archive::join.
[[nodiscard]] Status join_archive(const std::filesystem::path& folder, const ArchiveOptions& options,
                                  std::string_view config);

// -- Its steps
// A catalog in PostgreSQL that is of no archive yet; kConflict where it is of one. An attempt that was cut short is
// gone on with. Asks the storage too, whether it is there.
[[nodiscard]] Status make_shared_catalog(const ArchiveOptions& options);
[[nodiscard]] Status make_folders(const std::filesystem::path& folder, bool shared);
// What an attempt that was cut short has left of a catalog in SQLite.
[[nodiscard]] Status remove_new_catalog(const std::filesystem::path& folder);

}  // namespace custos::store
