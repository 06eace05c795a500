// What catalogs have in common: the statements, which are the same for SQLite and PostgreSQL, and what they mean.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "store/catalog/catalog.h"
#include "store/catalog/people.h"
#include "store/catalog/sql.h"
#include "store/catalog/thread_joiner.h"

namespace custos::store {

class SqlCatalog : public Catalog {
 public:
  Result<std::string> meta(std::string_view name) override;
  Status set_meta(std::string_view name, std::string_view value) override;
  Result<SourceId> register_source(const std::string& name) override;

  Result<PersonNumbers> add_stored(const document::Record& record, RowRef where, const LedgerRow& row) override;
  Status join_threads() override;
  Status add_ledger(const LedgerRow& row) override;
  Status set_file_progress(SourceId source, const std::string& file, const FileProgress& progress) override;
  Status add_segment(const SegmentRow& row) override;
  Status replace_segment(const SegmentRow& row) override;
  Status join_segments(std::span<const SegmentRow> segments, const SegmentRow& joined) override;
  Status set_pack(const PackRow& row) override;

  Result<std::optional<Lease>> acquire_lease(const std::string& name, const std::string& owner,
                                             uint32_t seconds) override;
  Result<Lease> take_lease(const std::string& name, const std::string& owner, uint32_t seconds) override;
  Result<bool> renew_lease(const Lease& lease, uint32_t seconds) override;
  Status release_lease(const Lease& lease) override;
  Status require_lease(const Lease& lease) override;
  Result<bool> add_task(SourceId source, const std::vector<std::string>& files, uint64_t bytes) override;
  Result<std::optional<TakenTask>> take_task(const std::string& owner, uint32_t seconds) override;
  Status finish_task(const TakenTask& taken, TaskEnd end, const std::string& reason) override;
  Result<TaskCounts> task_counts() override;

  Status clear_derived() override;
  Result<PersonNumbers> replace_stored(MessageKey key, const document::Record& record, RowRef where) override;

  Result<std::optional<FileProgress>> file_progress(SourceId source, const std::string& file) override;
  Result<std::optional<LedgerRow>> ledger_row(SourceId source, const document::Place& place,
                                              uint64_t generation) override;
  Result<std::optional<StoredMessage>> find_by_content_key(const Digest& content_key) override;
  Result<std::optional<StoredMessage>> find_by_raw_digest(const Digest& raw_digest) override;
  Result<std::optional<StoredMessage>> find_by_id(std::string_view id) override;
  Result<std::vector<StoredMessage>> find_by_message_id(std::string_view id, size_t limit) override;
  Result<std::vector<StoredMessage>> find_by_id_prefix(std::string_view prefix, size_t limit) override;

  Result<MessageRow> message(MessageKey key) override;
  Result<std::string> public_id(MessageKey key) override;
  Result<std::vector<MessageRow>> messages_after(MessageKey after, size_t limit) override;
  Result<std::vector<MessageEntry>> thread_of(MessageKey key, size_t limit) override;
  Result<std::vector<MessageKey>> keys_of_thread(MessageKey member) override;
  Result<uint64_t> thread_size(MessageKey member) override;
  Result<Participants> participants(MessageKey key) override;
  Result<PersonNumbers> person_numbers(MessageKey key) override;
  Result<std::vector<uint64_t>> find_people(std::string_view text, size_t limit) override;
  Result<LedgerRow> stored_row(MessageKey key) override;
  Result<std::vector<LedgerRow>> duplicate_rows(MessageKey key) override;
  Result<std::string> source_name(SourceId source) override;
  Result<std::vector<SegmentRow>> segments() override;
  Result<std::vector<MessageKey>> keys_of_segment(const SegmentRow& row) override;
  Result<std::vector<PackRow>> packs() override;
  Result<ArchiveStatus> status() override;
  Result<int64_t> last_segment_id() override { return counter("last_segment"); }
  Result<std::vector<ReasonCount>> reasons() override;

  Result<ArchiveStatus> recount() override;
  Status for_each_ledger_row(const LedgerVisitor& visit) override;
  Status for_each_placement(const PlacementVisitor& visit) override;
  Result<std::vector<std::string>> faults() override;
  Result<std::vector<int64_t>> paths_being_read() override;

 protected:
  explicit SqlCatalog(std::unique_ptr<Sql> database) : database_(std::move(database)) {}

  [[nodiscard]] Sql& database() { return *database_; }
  Result<int64_t> counter(const char* name);
  // Adds what has grown since the last forget().
  Status write_counters();
  // Where it is less.
  Status raise_counter(const char* name, int64_t value);
  // kConflict where a required lease was lost.
  Status check_leases();
  // Milliseconds since 1970 by the clock that all who write go by.
  [[nodiscard]] virtual Result<int64_t> now_ms() = 0;
  // The row of a lease that shall not change before the transaction ends; the row of a task that nobody else takes.
  [[nodiscard]] virtual const char* lease_check() const = 0;
  [[nodiscard]] virtual const char* next_task() const = 0;
  // A transaction of its own, for leases and tasks.
  [[nodiscard]] virtual Status begin_own() = 0;
  [[nodiscard]] virtual Status end_own(bool commit) = 0;
  // By how much a counter grew in this transaction.
  void grow(const char* name, int64_t by) { growth_[name] += by; }
  // What was looked up or added and is not committed.
  void forget();
  // Also who has which number: after a rollback.
  void forget_people() { people_.forget(); }
  [[nodiscard]] Result<PersonNumbers> number_people(const document::Record& record) {
    return people_.numbers_of(*database_, record);
  }
  [[nodiscard]] const std::string& people_json() const { return people_.json(); }
  [[nodiscard]] virtual std::unique_ptr<ThreadTable> thread_table() {
    return std::make_unique<SqlThreadTable>(*database_);
  }
  // What clear_derived() forgets, without the persons.
  Status clear_messages();
  // The counters of its kind grow.
  void count(const LedgerRow& row);
  void add_to_thread(MessageKey key, const document::ThreadKeys& keys) {
    threads_.add(static_cast<int64_t>(key), keys);
  }
  // The database's own check of itself.
  [[nodiscard]] virtual Status check_database(std::vector<std::string>& faults) = 0;

 private:
  // 0 where it is not there.
  Result<int64_t> find_path(SourceId source, const std::string& path);
  Result<int64_t> path_id(SourceId source, const std::string& path);
  // Sets `was_faster` where another worker was: then the transaction has to be rolled back.
  Result<std::optional<TakenTask>> take_next(const std::string& owner, uint32_t seconds, int64_t now, bool& was_faster);
  Result<int64_t> reason_id(const std::string& reason);
  Result<std::vector<StoredMessage>> stored_messages(Query& query);

  const std::unique_ptr<Sql> database_;
  ThreadJoiner threads_;
  People people_;
  std::map<std::string, int64_t, std::less<>> growth_;  // of counters, in this transaction
  // What was looked up last; emptied with each transaction.
  SourceId path_source_{};
  std::string path_;
  int64_t path_id_ = -1;
  std::unordered_map<std::string, int64_t> reasons_;
  std::vector<Lease> required_;
};

}  // namespace custos::store
