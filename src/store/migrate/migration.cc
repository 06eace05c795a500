// store/migrate.h.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include "base/file.h"
#include "store/local/layout.h"
#include "store/migrate.h"
#include "store/migrate/catalog_copy.h"
#include "store/migrate/migration_source.h"
#include "store/migrate/migration_target.h"
#include "store/migrate/object_copy.h"
#include "store/storage/folder_objects.h"

namespace custos::store {
namespace {

namespace fs = std::filesystem;

constexpr double kObjectsShare = 0.8;  // of the work, as progress is told

class Migration {
 public:
  Migration(MigrationSource& source, MigrationTarget& target, const MigrateObserver& observe)
      : source_(source), target_(target), observe_(observe) {
    for (const SegmentRow& row : source_.segments()) bytes_total_ += row.bytes;
    for (const PackRow& row : source_.packs()) bytes_total_ += row.bytes;
  }

  Result<Migrated> run(std::string_view config) {
    // What is missing may have been merged away by others.
    if (const Status copied = copy_objects(); !copied.ok()) {
      if (copied.error().code == Code::kNotFound) RETURN_IF_ERROR(source_.check_unchanged());
      return copied.error();
    }
    RETURN_IF_ERROR(copy_audit());
    RETURN_IF_ERROR(copy_catalog());
    RETURN_IF_ERROR(target_.finish(config, [this] { return source_.check_unchanged(); }));
    return Migrated{source_.id(), source_.messages(), source_.segments().size(), source_.packs().size(),
                    progress_.bytes};
  }

 private:
  Status tell() { return observe_ ? observe_(progress_) : Status(); }
  Status copy_objects();
  Status copy_audit();
  Status copy_catalog();

  MigrationSource& source_;
  MigrationTarget& target_;
  const MigrateObserver& observe_;
  MigrateProgress progress_;
  uint64_t bytes_total_ = 0;
};

Status Migration::copy_objects() {
  const ObjectCopy::Observer observe = [this](uint64_t bytes) {
    progress_.bytes += bytes;
    const double share =
        static_cast<double>(progress_.bytes) / static_cast<double>(std::max(bytes_total_, uint64_t{1}));
    progress_.done = kObjectsShare * std::min(share, 1.0);
    return tell();
  };
  ObjectCopy copy(source_.objects(), source_.files(), target_.objects(), target_.scratch(), observe);
  RETURN_IF_ERROR(copy.begin());
  progress_.what = "segments";
  for (const SegmentRow& row : source_.segments()) {
    RETURN_IF_ERROR(copy.copy_segment(row));
    progress_.messages += row.messages;
  }
  progress_.what = "originals";
  for (const PackRow& row : source_.packs()) RETURN_IF_ERROR(copy.copy_pack(row));
  return copy.finish();
}

// It is in the folder of both forms, and may have grown since an attempt before.
Status Migration::copy_audit() {
  std::error_code failure;
  fs::remove_all(target_.folder() / kAuditFolder, failure);
  if (failure) return io_error("cannot remove", target_.folder() / kAuditFolder, failure.value());
  const FolderObjects from(source_.folder());
  FolderObjects to(target_.folder());
  return from.list(fmt::format("{}/", kAuditFolder),
                   [&](const std::string& name, uint64_t) { return to.put(name, source_.folder() / name); });
}

Status Migration::copy_catalog() {
  const CatalogCopy::Observer observe = [this](const char* table, uint64_t rows, uint64_t total) {
    const double share = static_cast<double>(rows) / static_cast<double>(std::max(total, uint64_t{1}));
    progress_.done = kObjectsShare + (1 - kObjectsShare) * share;
    progress_.what = fmt::format("catalog: {}", table);
    return tell();
  };
  ASSIGN_OR_RETURN(const CatalogDatabase to, target_.begin_catalog());
  RETURN_IF_ERROR(source_.begin_view());
  const Status copied = CatalogCopy(source_.database(), to, observe).run();
  source_.end_view();
  return copied;
}

}  // namespace

Result<Migrated> migrate_archive(const ArchivePlace& source, const ArchivePlace& target, std::string_view config,
                                 const MigrateObserver& observe) {
  ASSIGN_OR_RETURN(const std::unique_ptr<MigrationSource> from, MigrationSource::open(source));
  ASSIGN_OR_RETURN(const std::unique_ptr<MigrationTarget> to, MigrationTarget::claim(target, from->id()));
  return Migration(*from, *to, observe).run(config);
}

}  // namespace custos::store
