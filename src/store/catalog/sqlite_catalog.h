// The catalog in one SQLite file, in WAL mode: one writer, any number of readers.
#pragma once

#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "store/catalog/sql_catalog.h"
#include "store/catalog/sqlite.h"

namespace custos::store {

class SqliteCatalog final : public SqlCatalog {
 public:
  // kConflict where the file exists.
  [[nodiscard]] static Status create(const std::filesystem::path& file);
  // kUnsupported where a newer version made it.
  [[nodiscard]] static Result<std::unique_ptr<SqliteCatalog>> open(const std::filesystem::path& file,
                                                                   Sqlite::Mode mode);

  Status begin() override;
  Status commit() override;
  void rollback() override;
  Status begin_snapshot() override;
  Result<MessageKey> new_message_key() override;
  Result<int64_t> new_segment_id() override;
  Result<uint32_t> new_pack_id() override;
  Result<std::vector<MessageKey>> prepare() override { return std::vector<MessageKey>(); }
  Status expect(std::span<const Expected> /*expected*/) override { return {}; }  // it is here
  Result<std::vector<bool>> have_content_keys(std::span<const Digest> content_keys) override;
  Result<MessageKey> merge_horizon() override { return MessageKey{std::numeric_limits<int64_t>::max()}; }
  Result<std::vector<Abandoned>> abandoned() override { return std::vector<Abandoned>(); }
  Status forget_abandoned(int64_t /*block*/) override { return {}; }
  Result<int64_t> change_number() override { return database().integer("PRAGMA data_version"); }

 private:
  explicit SqliteCatalog(std::unique_ptr<Sql> database) : SqlCatalog(std::move(database)) {}
  Status check_database(std::vector<std::string>& faults) override;
  Result<int64_t> now_ms() override;
  const char* lease_check() const override;
  const char* next_task() const override;
  Status begin_own() override { return database().execute("BEGIN IMMEDIATE"); }
  Status end_own(bool commit) override { return database().execute(commit ? "COMMIT" : "ROLLBACK"); }

  bool in_transaction_ = false;
  int64_t last_message_ = 0;
  int64_t last_segment_ = 0;
  int64_t last_pack_ = 0;
};

}  // namespace custos::store
