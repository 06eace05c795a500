// An archive in its other form: from one folder with SQLite to PostgreSQL and a storage that is shared, and back.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "store/archive.h"

namespace custos::store {

// The options say which form it has.
struct ArchivePlace {
  std::filesystem::path folder;
  ArchiveOptions options;
};

struct MigrateProgress {
  uint64_t messages = 0;  // of the segments that were copied
  uint64_t bytes = 0;     // of segments and packs
  double done = 0;        // of all the work, 0 to 1
  std::string what;       // "catalog: ledger"
};
// An error, as kCancelled, stops the work; the same again goes on.
using MigrateObserver = std::function<Status(const MigrateProgress&)>;

struct Migrated {
  std::string archive;  // its id, which stays
  uint64_t messages = 0;
  uint64_t segments = 0;
  uint64_t packs = 0;
  uint64_t bytes = 0;  // of segments and packs
};

// Copies everything but leases, caches and what was never committed; ids, keys, numbers and commits stay, and so does
// the source. `config` becomes the target's custos.toml. The target is an archive from the last step on, and before
// that it cannot be opened; what an attempt that was cut short left there, the next one of the same archive goes on
// with.
//
// kConflict: the target has an archive, or a part of another one; its storage is not empty; another process writes to
// the source, or has committed to it meanwhile. kInvalidArgument: the target's folder has other things in it. kCorrupt:
// a file of the source is not what its manifest says, or the copy is not what was copied.
[[nodiscard]] Result<Migrated> migrate_archive(const ArchivePlace& source, const ArchivePlace& target,
                                               std::string_view config, const MigrateObserver& observe);

}  // namespace custos::store
