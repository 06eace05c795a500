// All in one folder. The catalog gets its name when everything is there.
#pragma once

#include <memory>
#include <string>

#include "store/catalog/sql.h"
#include "store/migrate/migration_target.h"
#include "store/storage/folder_objects.h"

namespace custos::store {

class FolderTarget final : public MigrationTarget {
 public:
  FolderTarget(const ArchivePlace& place, const std::string& archive_id)
      : MigrationTarget(place, archive_id), objects_(place.folder) {}

  Objects& objects() override { return objects_; }
  Result<CatalogDatabase> begin_catalog() override;

 private:
  Status claim_parts() override { return {}; }
  Status end_catalog() override;
  Status publish() override;
  Status remove_halves() const;

  FolderObjects objects_;
  std::unique_ptr<Sql> sql_;
};

}  // namespace custos::store
