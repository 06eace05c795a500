// What becomes the archive: nothing that can be opened until finish().
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "store/local/writer_lock.h"
#include "store/migrate.h"
#include "store/migrate/catalog_copy.h"
#include "store/storage/objects.h"

namespace custos::store {

class MigrationTarget {
 public:
  // Makes the folder, and marks it and all else as a part of this archive, so that another attempt may go on and nobody
  // takes it for a new one's. Refuses, without a change, what is somebody else's: see migrate_archive().
  [[nodiscard]] static Result<std::unique_ptr<MigrationTarget>> claim(const ArchivePlace& place,
                                                                      const std::string& archive_id);
  virtual ~MigrationTarget() = default;

  [[nodiscard]] virtual Objects& objects() = 0;
  // An empty catalog in a transaction.
  [[nodiscard]] virtual Result<CatalogDatabase> begin_catalog() = 0;
  // Now it is the archive, where `check` agrees at the last moment.
  [[nodiscard]] Status finish(std::string_view config, const std::function<Status()>& check);
  // A folder of the target's for what is being copied.
  [[nodiscard]] std::filesystem::path scratch() const;
  [[nodiscard]] const std::filesystem::path& folder() const { return place_.folder; }

 protected:
  MigrationTarget(const ArchivePlace& place, std::string archive_id)
      : place_(place), archive_id_(std::move(archive_id)) {}
  // Database and storage, beyond the folder.
  [[nodiscard]] virtual Status claim_parts() = 0;
  // All is durable but for the last step.
  [[nodiscard]] virtual Status end_catalog() = 0;
  [[nodiscard]] virtual Status publish() = 0;

  const ArchivePlace place_;
  const std::string archive_id_;

 private:
  Status claim_folder();

  std::optional<WriterLock> lock_;
};

}  // namespace custos::store
