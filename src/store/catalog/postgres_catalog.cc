#include "store/catalog/postgres_catalog.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "store/catalog/postgres_schema.h"
#include "store/catalog/postgres_threads.h"
#include "store/publication.h"

namespace custos::store {
namespace {

constexpr auto kBlockKeys = static_cast<int64_t>(kPublicationMessagesMax);
constexpr int64_t kPublicationMs = 3'600'000;  // one that is silent for so long is given up
constexpr auto kTellEvery = std::chrono::minutes(10);
constexpr int64_t kGivenUp = -1;  // in publication.expires: it cannot commit any more

// One for each archive: the lock's number is that of its schema's table.
constexpr char kCommitLock[] = "SELECT pg_advisory_xact_lock('counter'::regclass::oid::bigint)";
constexpr char kBlockLock[] = "SELECT pg_advisory_xact_lock('publication'::regclass::oid::bigint)";

enum PartKind : int { kSegmentPart = 0, kPackPart = 1 };  // on disk: never renumber

Error given_up() {
  return {Code::kConflict, "this publication took too long and was given up: the same work again goes on"};
}

StoredMessage stored(const BatchMessage& message) { return {message.key, message.id, message.content_key}; }

}  // namespace

Status PostgresCatalog::create(const client::PostgresOptions& options) {
  ASSIGN_OR_RETURN(const auto postgres, client::Postgres::connect(options));
  return migrate_postgres(*postgres, options.schema, true);
}

Result<std::unique_ptr<PostgresCatalog>> PostgresCatalog::open(const client::PostgresOptions& options) {
  ASSIGN_OR_RETURN(auto postgres, client::Postgres::connect(options));
  ASSIGN_OR_RETURN(const bool is_current, check_postgres(*postgres, options.schema));
  // Only then does it need the right to make tables.
  if (!is_current) RETURN_IF_ERROR(migrate_postgres(*postgres, options.schema, false));
  return std::unique_ptr<PostgresCatalog>(new PostgresCatalog(std::make_unique<PostgresSql>(std::move(postgres))));
}

std::unique_ptr<ThreadTable> PostgresCatalog::thread_table() { return std::make_unique<PostgresThreadTable>(sql_); }

Result<int64_t> PostgresCatalog::now_ms() {
  return sql_.integer("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint");
}

const char* PostgresCatalog::lease_check() const {
  return "SELECT 1 FROM lease WHERE name = ? AND owner = ? AND token = ? AND expires > ? FOR SHARE";
}

const char* PostgresCatalog::next_task() const {
  return "SELECT t.id FROM task t LEFT JOIN lease l ON l.name = t.lease WHERE t.state = 0 OR (t.state = 1 AND "
         "l.expires <= ?) ORDER BY t.id LIMIT 1 FOR UPDATE OF t SKIP LOCKED";
}

// -- Transactions

Status PostgresCatalog::begin() {
  state_ = State::kHeld;
  return {};
}

Status PostgresCatalog::begin_snapshot() {
  state_ = State::kSnapshot;
  return sql_.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
}

Status PostgresCatalog::lock() {
  // One that stands still with the lock would stop all others for good.
  RETURN_IF_ERROR(sql_.execute("BEGIN; SET LOCAL idle_in_transaction_session_timeout = '15min'"));
  return sql_.execute(kCommitLock);
}

Status PostgresCatalog::go_direct() {
  if (state_ == State::kDirect) return {};
  if (state_ != State::kHeld) return Error{Code::kInvalidArgument, "the catalog has no transaction for this"};
  state_ = State::kDirect;
  return lock();
}

Result<std::vector<MessageKey>> PostgresCatalog::prepare() {
  std::vector<MessageKey> late;
  if (state_ != State::kHeld) return late;
  RETURN_IF_ERROR(keep_block());
  state_ = State::kPrepared;
  RETURN_IF_ERROR(lock());
  if (batch_.messages().empty()) return late;
  // Tables of another size than the planner believes must not be read from one end to the other, under the lock.
  RETURN_IF_ERROR(
      sql_.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL "
                   "enable_mergejoin = off"));
  ASSIGN_OR_RETURN(const auto stored_since, batch_.find_stored(sql_));
  if (stored_since.empty()) {
    RETURN_IF_ERROR(batch_.check_ids(sql_));
    return late;
  }
  RETURN_IF_ERROR(sql_.execute("ROLLBACK"));
  state_ = State::kHeld;
  for (const auto& [key, message] : stored_since) late.push_back(MessageKey{key});
  std::ranges::sort(late);
  batch_.drop(stored_since);
  return late;
}

Status PostgresCatalog::end_publication() {
  if (block_ == 0) return {};
  Query end = sql_.query("DELETE FROM publication WHERE block = ? AND expires <> ? RETURNING block");
  ASSIGN_OR_RETURN(const bool ended, end.bind(block_, kGivenUp).next());
  if (!ended) return given_up();
  return sql_.query("DELETE FROM publication_part WHERE block = ?").bind(block_).run();
}

Status PostgresCatalog::write_held() {
  RETURN_IF_ERROR(batch_.write(sql_));
  for (const LedgerRow& row : batch_.ledger()) count(row);
  for (const BatchMessage& message : batch_.messages()) add_to_thread(message.key, message.thread_keys);
  for (const PackRow& row : packs_) RETURN_IF_ERROR(SqlCatalog::set_pack(row));
  for (const SegmentRow& row : segments_) RETURN_IF_ERROR(SqlCatalog::add_segment(row));
  for (const auto& [name, value] : meta_) RETURN_IF_ERROR(SqlCatalog::set_meta(name, value));
  return {};
}

Status PostgresCatalog::commit() {
  if (state_ == State::kHeld) {
    ASSIGN_OR_RETURN(const std::vector<MessageKey> late, prepare());
    if (!late.empty()) return Error{Code::kConflict, "messages were stored by others since they were added"};
  }
  if (state_ == State::kPrepared) RETURN_IF_ERROR(write_held());
  RETURN_IF_ERROR(SqlCatalog::join_threads());
  RETURN_IF_ERROR(end_publication());
  RETURN_IF_ERROR(check_leases());
  grow("changes", 1);
  RETURN_IF_ERROR(write_counters());
  if (last_segment_ > 0) RETURN_IF_ERROR(raise_counter("last_segment", last_segment_));
  RETURN_IF_ERROR(sql_.execute("COMMIT"));
  block_ = 0;
  state_ = State::kNone;
  rollback();  // nothing is left but what is held here
  return {};
}

void PostgresCatalog::rollback() {
  if (state_ == State::kDirect || state_ == State::kPrepared) forget_people();  // some were numbered within it
  // Where the connection is gone the server has rolled back already.
  if (state_ != State::kNone && state_ != State::kHeld) static_cast<void>(sql_.execute("ROLLBACK").ok());
  state_ = State::kNone;
  if (block_ != 0) {
    static_cast<void>(
        sql_.query("UPDATE publication SET expires = 0 WHERE block = ? AND expires <> -1").bind(block_).run().ok());
  }
  batch_.clear();
  ahead_.clear();
  segments_.clear();
  packs_.clear();
  meta_.clear();
  block_ = next_key_ = last_segment_ = 0;
  forget();
}

// -- Numbers

Status PostgresCatalog::take_block() {
  if (block_ != 0) return {};
  ASSIGN_OR_RETURN(const int64_t now, now_ms());
  RETURN_IF_ERROR(sql_.execute("BEGIN"));
  const auto take = [&]() -> Status {
    // Who asks for the horizon must not miss a block that is being taken.
    RETURN_IF_ERROR(sql_.execute(kBlockLock));
    Query block = sql_.query("INSERT INTO publication(block, expires) VALUES(nextval('key_block'), ?) RETURNING block");
    RETURN_IF_ERROR(block.bind(now + kPublicationMs).next());
    block_ = block.integer(0);
    return {};
  };
  const Status taken = take();
  RETURN_IF_ERROR(sql_.execute(taken.ok() ? "COMMIT" : "ROLLBACK"));
  next_key_ = (block_ - 1) * kBlockKeys + 1;
  told_ = std::chrono::steady_clock::now();
  return taken;
}

// Tells the others that this publication goes on.
Status PostgresCatalog::keep_block() {
  if (block_ == 0) return {};
  told_ = std::chrono::steady_clock::now();
  ASSIGN_OR_RETURN(const int64_t now, now_ms());
  RETURN_IF_ERROR(sql_.query("UPDATE publication SET expires = ? WHERE block = ? AND expires <> ?")
                      .bind(now + kPublicationMs, block_, kGivenUp)
                      .run());
  return sql_.changes() == 1 ? Status() : given_up();
}

Result<MessageKey> PostgresCatalog::new_message_key() {
  RETURN_IF_ERROR(take_block());
  if (next_key_ > block_ * kBlockKeys) return Error{Code::kLimit, "more messages than one publication can have"};
  return MessageKey{next_key_++};
}

Status PostgresCatalog::note_part(int kind, int64_t number) {
  if (state_ != State::kHeld) return {};
  RETURN_IF_ERROR(take_block());
  // What one that was given up puts into the storage nobody would remove.
  RETURN_IF_ERROR(
      sql_.query("INSERT INTO publication_part(block, kind, number) SELECT block, ?::bigint, ?::bigint FROM "
                 "publication WHERE block = ? AND expires <> ? FOR UPDATE")
          .bind(kind, number, block_, kGivenUp)
          .run());
  return sql_.changes() == 1 ? Status() : given_up();
}

Result<int64_t> PostgresCatalog::new_segment_id() {
  ASSIGN_OR_RETURN(last_segment_, sql_.integer("SELECT nextval('segment_number')"));
  RETURN_IF_ERROR(note_part(kSegmentPart, last_segment_));
  return last_segment_;
}

Result<uint32_t> PostgresCatalog::new_pack_id() {
  ASSIGN_OR_RETURN(const int64_t pack, sql_.integer("SELECT nextval('pack_number')"));
  if (pack > std::numeric_limits<uint32_t>::max()) return Error{Code::kLimit, "no numbers are left for packs"};
  RETURN_IF_ERROR(note_part(kPackPart, pack));
  return static_cast<uint32_t>(pack);
}

Result<MessageKey> PostgresCatalog::merge_horizon() {
  RETURN_IF_ERROR(sql_.execute("BEGIN"));
  const auto look = [&]() -> Result<int64_t> {
    RETURN_IF_ERROR(sql_.execute(kBlockLock));
    return sql_.integer("SELECT coalesce(min(block), 0) FROM publication WHERE expires <> -1");
  };
  const Result<int64_t> block = look();
  RETURN_IF_ERROR(sql_.execute("COMMIT"));
  RETURN_IF_ERROR(block);
  if (*block == 0) return MessageKey{std::numeric_limits<int64_t>::max()};
  return MessageKey{(*block - 1) * kBlockKeys + 1};
}

Result<std::vector<Abandoned>> PostgresCatalog::abandoned() {
  ASSIGN_OR_RETURN(const int64_t now, now_ms());
  RETURN_IF_ERROR(sql_.query("UPDATE publication SET expires = -1 WHERE expires <= ?").bind(now).run());
  std::vector<Abandoned> all;
  Query query = sql_.query(
      "SELECT p.block, coalesce(t.kind, -1), coalesce(t.number, 0) FROM publication p LEFT JOIN publication_part t ON "
      "t.block = p.block WHERE p.expires = -1 ORDER BY 1, 2, 3");
  while (true) {
    ASSIGN_OR_RETURN(const bool more, query.next());
    if (!more) return all;
    if (all.empty() || all.back().block != query.integer(0)) all.push_back({query.integer(0), {}, {}});
    if (query.integer(1) == kSegmentPart) all.back().segments.push_back(query.integer(2));
    if (query.integer(1) == kPackPart) all.back().packs.push_back(static_cast<uint32_t>(query.integer(2)));
  }
}

Status PostgresCatalog::forget_abandoned(int64_t block) {
  RETURN_IF_ERROR(sql_.query("DELETE FROM publication_part WHERE block = ?").bind(block).run());
  return sql_.query("DELETE FROM publication WHERE block = ? AND expires = -1").bind(block).run();
}

// -- Adding

Status PostgresCatalog::set_meta(std::string_view name, std::string_view value) {
  if (is_held()) {
    meta_.emplace_back(name, value);
    return {};
  }
  RETURN_IF_ERROR(SqlCatalog::set_meta(name, value));
  if (state_ != State::kNone) return {};
  grow("changes", 1);
  RETURN_IF_ERROR(write_counters());
  forget();
  return {};
}

Result<PersonNumbers> PostgresCatalog::add_stored(const document::Record& record, RowRef where, const LedgerRow& row) {
  if (!is_held()) return SqlCatalog::add_stored(record, where, row);
  if (std::chrono::steady_clock::now() - told_ > kTellEvery) RETURN_IF_ERROR(keep_block());
  ASSIGN_OR_RETURN(PersonNumbers people, number_people(record));
  batch_.add_message(record, where, row, people, people_json());
  return people;
}

Status PostgresCatalog::join_threads() { return is_held() ? Status() : SqlCatalog::join_threads(); }

Status PostgresCatalog::add_ledger(const LedgerRow& row) {
  if (!is_held()) return SqlCatalog::add_ledger(row);
  batch_.add_ledger(row);
  return {};
}

Status PostgresCatalog::set_file_progress(SourceId source, const std::string& file, const FileProgress& progress) {
  if (is_held()) {
    batch_.set_progress(source, file, progress);
    return {};
  }
  PostgresBatch alone;
  alone.set_progress(source, file, progress);
  return alone.write(sql_);
}

Status PostgresCatalog::add_segment(const SegmentRow& row) {
  if (!is_held()) return SqlCatalog::add_segment(row);
  segments_.push_back(row);
  return {};
}

Status PostgresCatalog::set_pack(const PackRow& row) {
  if (!is_held()) return SqlCatalog::set_pack(row);
  packs_.push_back(row);
  return {};
}

Status PostgresCatalog::replace_segment(const SegmentRow& row) {
  RETURN_IF_ERROR(go_direct());
  return SqlCatalog::replace_segment(row);
}

Status PostgresCatalog::join_segments(std::span<const SegmentRow> segments, const SegmentRow& joined) {
  RETURN_IF_ERROR(go_direct());
  return SqlCatalog::join_segments(segments, joined);
}

// Persons stay: others may be naming them right now.
Status PostgresCatalog::clear_derived() {
  RETURN_IF_ERROR(go_direct());
  return clear_messages();
}

// -- Looking up: first what is held.

Result<std::optional<FileProgress>> PostgresCatalog::file_progress(SourceId source, const std::string& file) {
  if (const FileProgress* const held = batch_.progress_of(source, file)) return std::optional(*held);
  return SqlCatalog::file_progress(source, file);
}

Result<std::optional<LedgerRow>> PostgresCatalog::ledger_row(SourceId source, const document::Place& place,
                                                             uint64_t generation) {
  if (const LedgerRow* const held = batch_.ledger_at(source, place.path, generation, place.begin)) {
    return std::optional(*held);
  }
  if (ahead_.lacks_place(source, place, generation)) return std::optional<LedgerRow>();
  return SqlCatalog::ledger_row(source, place, generation);
}

Result<std::optional<StoredMessage>> PostgresCatalog::find_by_content_key(const Digest& content_key) {
  if (const BatchMessage* const held = batch_.by_content_key(content_key)) return std::optional(stored(*held));
  if (ahead_.lacks_content(content_key)) return std::optional<StoredMessage>();
  return SqlCatalog::find_by_content_key(content_key);
}

Result<std::optional<StoredMessage>> PostgresCatalog::find_by_id(std::string_view id) {
  if (const BatchMessage* const held = batch_.by_id(id)) return std::optional(stored(*held));
  if (ahead_.lacks_id(id)) return std::optional<StoredMessage>();
  return SqlCatalog::find_by_id(id);
}

Status PostgresCatalog::expect(std::span<const Expected> expected) {
  // Within the database's own transaction each is looked up by itself.
  if (state_ != State::kHeld) return {};
  return ahead_.ask(sql_, expected);
}

Result<std::vector<bool>> PostgresCatalog::have_content_keys(std::span<const Digest> content_keys) {
  ASSIGN_OR_RETURN(const auto missing, PostgresLookahead::missing(sql_, content_keys));
  std::vector<bool> have;
  for (const Digest& key : content_keys) have.push_back(!missing.contains(key));
  return have;
}

Result<PersonNumbers> PostgresCatalog::person_numbers(MessageKey key) {
  if (const BatchMessage* const held = batch_.by_key(key)) return held->people;
  return SqlCatalog::person_numbers(key);
}

// The index has the beginning of each id.
Result<std::vector<StoredMessage>> PostgresCatalog::find_by_id_prefix(std::string_view prefix, size_t limit) {
  constexpr size_t kIndexed = 64;
  const std::string_view begin = prefix.substr(0, kIndexed);
  const std::string end = std::string(begin) + '\xff';
  std::vector<StoredMessage> found;
  Query query = sql_.query(
      "SELECT key, id, content_key FROM message WHERE substr(id, 1, 64) >= ? AND substr(id, 1, 64) < ? AND "
      "substr(id, 1, ?::bigint::int) = ? ORDER BY id LIMIT ?");
  query.bind(begin, end, prefix.size(), prefix, limit);
  while (true) {
    ASSIGN_OR_RETURN(const bool more, query.next());
    if (!more) return found;
    found.push_back({MessageKey{query.integer(0)}, query.text(1), Digest::from_view(query.view(2))});
  }
}

}  // namespace custos::store
