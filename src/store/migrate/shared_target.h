// A schema of PostgreSQL, and a storage. All rows are one transaction.
#pragma once

#include <memory>
#include <string>

#include "store/catalog/postgres_sql.h"
#include "store/migrate/migration_target.h"

namespace custos::store {

class SharedTarget final : public MigrationTarget {
 public:
  SharedTarget(const ArchivePlace& place, const std::string& archive_id) : MigrationTarget(place, archive_id) {}

  Objects& objects() override { return *objects_; }
  Result<CatalogDatabase> begin_catalog() override;

 private:
  Status claim_parts() override;
  Status claim_storage();
  Status end_catalog() override;
  Status publish() override { return sql_->execute("COMMIT"); }

  std::unique_ptr<Objects> objects_;
  std::unique_ptr<PostgresSql> sql_;
};

}  // namespace custos::store
