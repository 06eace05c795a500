// What exists in an archive: sources, ledger, messages, threads, people, segments, packs. The seam between SQLite and
// larger databases; catalog_contract_test.cc says how each must behave.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "document/record.h"
#include "store/catalog/row.h"
#include "store/entry.h"
#include "store/publication.h"
#include "store/work.h"

namespace custos::store {

// One connection, for one thread at a time. Reads outside a transaction see what was committed.
// What a publication that never committed, and cannot any more, may have put into the storage.
struct Abandoned {
  int64_t block = 0;  // names it
  std::vector<int64_t> segments;
  std::vector<uint32_t> packs;
};

// Leases and tasks: see WorkQueue. Each of those calls is outside of any transaction.
class Catalog : public WorkQueue {
 public:
  [[nodiscard]] virtual Result<std::string> meta(std::string_view name) = 0;  // "" where it is not set
  [[nodiscard]] virtual Status set_meta(std::string_view name, std::string_view value) = 0;

  // -- One transaction at a time. A failed commit leaves it open whether it took place: ask the next connection.
  [[nodiscard]] virtual Status begin() = 0;
  [[nodiscard]] virtual Status commit() = 0;
  virtual void rollback() = 0;
  // The last step before commit: from here on nobody else commits until commit() or rollback(). Gives those of the
  // messages added whose content others stored meanwhile: they have become duplicates, and the rows behind them in
  // their segment have moved up. The caller writes the segment without them and calls prepare() again. Always empty
  // where only one can write at a time.
  [[nodiscard]] virtual Result<std::vector<MessageKey>> prepare() = 0;
  // A consistent view for many reads, ended by rollback().
  [[nodiscard]] virtual Status begin_snapshot() = 0;

  // -- Inside a transaction
  // Numbers that were never given before, not even to what was deleted since.
  [[nodiscard]] virtual Result<MessageKey> new_message_key() = 0;
  [[nodiscard]] virtual Result<int64_t> new_segment_id() = 0;
  [[nodiscard]] virtual Result<uint32_t> new_pack_id() = 0;
  // The message, its participants, thread keys and ledger row. Threads are joined by join_threads() or at commit.
  // Gives the numbers of its participants, for its segment's index.
  [[nodiscard]] virtual Result<PersonNumbers> add_stored(const document::Record& record, RowRef where,
                                                         const LedgerRow& row) = 0;
  [[nodiscard]] virtual Status join_threads() = 0;
  [[nodiscard]] virtual Status add_ledger(const LedgerRow& row) = 0;
  [[nodiscard]] virtual Status set_file_progress(SourceId source, const std::string& file,
                                                 const FileProgress& progress) = 0;
  [[nodiscard]] virtual Status add_segment(const SegmentRow& row) = 0;
  // The same messages, in a folder made anew.
  [[nodiscard]] virtual Status replace_segment(const SegmentRow& row) = 0;
  // Their messages, one segment after the other, are now in `joined`, which has the id of the first.
  [[nodiscard]] virtual Status join_segments(std::span<const SegmentRow> segments, const SegmentRow& joined) = 0;
  [[nodiscard]] virtual Status set_pack(const PackRow& row) = 0;
  // Forgets segments, participants and threads; each message must come back by replace_stored before commit.
  [[nodiscard]] virtual Status clear_derived() = 0;
  [[nodiscard]] virtual Result<PersonNumbers> replace_stored(MessageKey key, const document::Record& record,
                                                             RowRef where) = 0;

  // commit() fails with kConflict, naming the lease, where another one has it by then or its time is over.
  [[nodiscard]] virtual Status require_lease(const Lease& lease) = 0;

  // -- Where several write at once
  // Segments of messages below it can be merged: no open transaction adds messages with lower keys.
  [[nodiscard]] virtual Result<MessageKey> merge_horizon() = 0;
  [[nodiscard]] virtual Result<std::vector<Abandoned>> abandoned() = 0;
  [[nodiscard]] virtual Status forget_abandoned(int64_t block) = 0;

  // -- Looking up
  [[nodiscard]] virtual Result<std::optional<FileProgress>> file_progress(SourceId source, const std::string& file) = 0;
  [[nodiscard]] virtual Result<std::optional<LedgerRow>> ledger_row(SourceId source, const document::Place& place,
                                                                    uint64_t generation) = 0;  // by its begin
  [[nodiscard]] virtual Result<std::optional<StoredMessage>> find_by_content_key(const Digest& content_key) = 0;
  [[nodiscard]] virtual Result<std::optional<StoredMessage>> find_by_raw_digest(const Digest& raw_digest) = 0;
  [[nodiscard]] virtual Result<std::optional<StoredMessage>> find_by_id(std::string_view id) = 0;
  // At most `limit`, in the order of ingestion.
  [[nodiscard]] virtual Result<std::vector<StoredMessage>> find_by_message_id(std::string_view id, size_t limit) = 0;
  [[nodiscard]] virtual Result<std::vector<StoredMessage>> find_by_id_prefix(std::string_view prefix, size_t limit) = 0;

  // What will be looked up by content key, id and place next; until the next call, or the end of the transaction.
  [[nodiscard]] virtual Status expect(std::span<const Expected> expected) = 0;
  // Of each key, whether a message has it. Without what is added and not committed.
  [[nodiscard]] virtual Result<std::vector<bool>> have_content_keys(std::span<const Digest> content_keys) = 0;

  // -- Reading
  [[nodiscard]] virtual Result<MessageRow> message(MessageKey key) = 0;     // kNotFound
  [[nodiscard]] virtual Result<std::string> public_id(MessageKey key) = 0;  // kNotFound
  // Ascending keys after `after`, at most `limit`.
  [[nodiscard]] virtual Result<std::vector<MessageRow>> messages_after(MessageKey after, size_t limit) = 0;
  [[nodiscard]] virtual Result<std::vector<MessageEntry>> thread_of(MessageKey key, size_t limit) = 0;
  // Ascending; kNotFound where there is no such message.
  [[nodiscard]] virtual Result<std::vector<MessageKey>> keys_of_thread(MessageKey member) = 0;
  [[nodiscard]] virtual Result<uint64_t> thread_size(MessageKey member) = 0;
  [[nodiscard]] virtual Result<Participants> participants(MessageKey key) = 0;
  [[nodiscard]] virtual Result<PersonNumbers> person_numbers(MessageKey key) = 0;
  // Ascending, at most `limit`; see Archive::find_people.
  [[nodiscard]] virtual Result<std::vector<uint64_t>> find_people(std::string_view text, size_t limit) = 0;
  [[nodiscard]] virtual Result<LedgerRow> stored_row(MessageKey key) = 0;
  [[nodiscard]] virtual Result<std::vector<LedgerRow>> duplicate_rows(MessageKey key) = 0;
  [[nodiscard]] virtual Result<std::vector<SegmentRow>> segments() = 0;  // by ascending `first`
  [[nodiscard]] virtual Result<std::vector<MessageKey>> keys_of_segment(const SegmentRow& row) = 0;  // by row
  // Another one after others have committed anything.
  [[nodiscard]] virtual Result<int64_t> change_number() = 0;
  [[nodiscard]] virtual Result<std::vector<PackRow>> packs() = 0;
  [[nodiscard]] virtual Result<ArchiveStatus> status() = 0;     // from counters
  [[nodiscard]] virtual Result<int64_t> last_segment_id() = 0;  // the last one given, 0 at first
  [[nodiscard]] virtual Result<std::vector<ReasonCount>> reasons() = 0;

  // -- Checking
  // The same, counted row by row.
  [[nodiscard]] virtual Result<ArchiveStatus> recount() = 0;
  using LedgerVisitor = std::function<Status(const LedgerEntry&)>;
  // By ascending path, generation, begin. The visitor may not use this catalog.
  [[nodiscard]] virtual Status for_each_ledger_row(const LedgerVisitor& visit) = 0;
  using PlacementVisitor = std::function<Status(MessageKey key, RowRef where, std::string_view id)>;
  // By ascending key. The visitor may not use this catalog.
  [[nodiscard]] virtual Status for_each_placement(const PlacementVisitor& visit) = 0;
  // The database's own checks and references between tables; each text is one fault.
  [[nodiscard]] virtual Result<std::vector<std::string>> faults() = 0;
  // Ids of paths whose files are read in parts, while tasks of their source are open: their ledger may have gaps.
  [[nodiscard]] virtual Result<std::vector<int64_t>> paths_being_read() = 0;
};

}  // namespace custos::store
