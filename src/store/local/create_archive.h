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

}  // namespace custos::store
