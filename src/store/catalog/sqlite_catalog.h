// The catalog in one SQLite file, in WAL mode: one writer, any number of readers.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "store/catalog/catalog.h"
#include "store/catalog/people.h"
#include "store/catalog/sqlite.h"
#include "store/catalog/thread_joiner.h"

namespace custos::store {

class SqliteCatalog final : public Catalog {
 public:
  // kConflict where the file exists.
  [[nodiscard]] static Status create(const std::filesystem::path& file);
  // kUnsupported where a newer version made it.
  [[nodiscard]] static Result<std::unique_ptr<SqliteCatalog>> open(const std::filesystem::path& file,
                                                                   Sqlite::Mode mode);

  Result<std::string> meta(std::string_view name) override;
  Status set_meta(std::string_view name, std::string_view value) override;
  Result<SourceId> register_source(const std::string& name) override;

  Status begin() override;
  Status commit() override;
  void rollback() override;
  Status begin_snapshot() override;

  Result<MessageKey> new_message_key() override;
  Result<int64_t> new_segment_id() override;
  Result<PersonNumbers> add_stored(const document::Record& record, RowRef where, const LedgerRow& row) override;
  Status join_threads() override;
  Status add_ledger(const LedgerRow& row) override;
  Status set_file_progress(SourceId source, const std::string& file, const FileProgress& progress) override;
  Status add_segment(const SegmentRow& row) override;
  Status replace_segment(const SegmentRow& row) override;
  Status join_segments(std::span<const SegmentRow> segments, const SegmentRow& joined) override;
  Status set_pack(const PackRow& row) override;
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
  Result<int64_t> change_number() override { return database_.integer("PRAGMA data_version"); }
  Result<std::vector<PackRow>> packs() override;
  Result<ArchiveStatus> status() override;
  Result<int64_t> last_segment_id() override { return counter("last_segment"); }
  Result<std::vector<ReasonCount>> reasons() override;

  Result<ArchiveStatus> recount() override;
  Status for_each_ledger_row(const LedgerVisitor& visit) override;
  Status for_each_placement(const PlacementVisitor& visit) override;
  Result<std::vector<std::string>> faults() override;

 private:
  explicit SqliteCatalog(Sqlite database) : database_(std::move(database)) {}

  Result<int64_t> counter(const char* name);
  Status write_counters();
  void forget();
  // 0 where it is not there.
  Result<int64_t> find_path(SourceId source, const std::string& path);
  Result<int64_t> path_id(SourceId source, const std::string& path);
  Result<int64_t> reason_id(const std::string& reason);
  Result<std::vector<StoredMessage>> stored_messages(Query& query);
  Result<LedgerRow> one_ledger_row(Query& query);

  Sqlite database_;
  ThreadJoiner threads_;
  People people_;
  bool in_transaction_ = false;
  int64_t last_message_ = 0;
  int64_t last_segment_ = 0;
  std::map<std::string, int64_t, std::less<>> growth_;  // of counters, in this transaction
  // What was looked up last; emptied with each transaction.
  SourceId path_source_{};
  std::string path_;
  int64_t path_id_ = -1;
  std::unordered_map<std::string, int64_t> reasons_;
};

}  // namespace custos::store
