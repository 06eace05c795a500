// The catalog in PostgreSQL: many processes write at once, none undoes another's work.
//
// A transaction of the seam is held here until prepare() (docs/decisions/0011-optimistic-catalog.md): message keys come
// from a block of 65,536 that it alone has, persons are numbered ahead, and what others stored is looked up as of now.
// Under the archive's commit lock, prepare() then looks again for what was stored meanwhile, and commit() writes all
// rows in bulk. Rebuilding and merging hold the lock from their first change on.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "client/postgres.h"
#include "store/catalog/postgres_batch.h"
#include "store/catalog/postgres_lookahead.h"
#include "store/catalog/postgres_sql.h"
#include "store/catalog/sql_catalog.h"

namespace custos::store {

class PostgresCatalog final : public SqlCatalog {
 public:
  // kConflict where the schema has a catalog.
  [[nodiscard]] static Status create(const client::PostgresOptions& options);
  // kNotFound where there is none, kUnsupported where a newer version made it. An older one is brought up to date.
  [[nodiscard]] static Result<std::unique_ptr<PostgresCatalog>> open(const client::PostgresOptions& options);

  Status set_meta(std::string_view name, std::string_view value) override;
  Status begin() override;
  Status commit() override;
  void rollback() override;
  Status begin_snapshot() override;
  Result<std::vector<MessageKey>> prepare() override;

  Result<MessageKey> new_message_key() override;
  Result<int64_t> new_segment_id() override;
  Result<uint32_t> new_pack_id() override;
  Result<PersonNumbers> add_stored(const document::Record& record, RowRef where, const LedgerRow& row) override;
  Status join_threads() override;
  Status add_ledger(const LedgerRow& row) override;
  Status set_file_progress(SourceId source, const std::string& file, const FileProgress& progress) override;
  Status add_segment(const SegmentRow& row) override;
  Status replace_segment(const SegmentRow& row) override;
  Status join_segments(std::span<const SegmentRow> segments, const SegmentRow& joined) override;
  Status set_pack(const PackRow& row) override;
  Status clear_derived() override;

  Result<MessageKey> merge_horizon() override;
  Result<std::vector<Abandoned>> abandoned() override;
  Status forget_abandoned(int64_t block) override;

  Result<std::optional<FileProgress>> file_progress(SourceId source, const std::string& file) override;
  Result<std::optional<LedgerRow>> ledger_row(SourceId source, const document::Place& place,
                                              uint64_t generation) override;
  Result<std::optional<StoredMessage>> find_by_content_key(const Digest& content_key) override;
  Result<std::optional<StoredMessage>> find_by_id(std::string_view id) override;
  Status expect(std::span<const Expected> expected) override;
  Result<std::vector<bool>> have_content_keys(std::span<const Digest> content_keys) override;
  Result<std::vector<StoredMessage>> find_by_id_prefix(std::string_view prefix, size_t limit) override;
  Result<PersonNumbers> person_numbers(MessageKey key) override;
  Result<int64_t> change_number() override { return counter("changes"); }

 private:
  enum class State {
    kNone,
    kHeld,      // what is added is held here
    kPrepared,  // the database's own transaction is open, under the lock; what was added is still held
    kDirect,    // the same, and statements go straight to it
    kSnapshot,
  };

  explicit PostgresCatalog(std::unique_ptr<PostgresSql> database)
      : SqlCatalog(std::move(database)), sql_(static_cast<PostgresSql&>(this->database())) {}

  Status check_database(std::vector<std::string>& /*faults*/) override { return {}; }  // its administrator's
  std::unique_ptr<ThreadTable> thread_table() override;
  Result<int64_t> now_ms() override;
  const char* lease_check() const override;
  const char* next_task() const override;
  Status begin_own() override { return sql_.execute("BEGIN"); }
  Status end_own(bool commit) override { return sql_.execute(commit ? "COMMIT" : "ROLLBACK"); }

  [[nodiscard]] bool is_held() const { return state_ == State::kHeld || state_ == State::kPrepared; }
  // Opens the database's transaction and takes the lock.
  Status lock();
  Status go_direct();
  Status take_block();
  Status keep_block();
  Status note_part(int kind, int64_t number);
  Status end_publication();
  Status write_held();

  PostgresSql& sql_;
  State state_ = State::kNone;
  PostgresBatch batch_;
  PostgresLookahead ahead_;
  std::vector<SegmentRow> segments_;
  std::vector<PackRow> packs_;
  std::vector<std::pair<std::string, std::string>> meta_;
  int64_t block_ = 0;     // 0: none taken
  int64_t next_key_ = 0;  // of the block
  int64_t last_segment_ = 0;
  std::chrono::steady_clock::time_point told_;  // that this publication goes on
};

}  // namespace custos::store
