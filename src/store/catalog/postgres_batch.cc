#include "store/catalog/postgres_batch.h"

#include <fmt/format.h>

#include <algorithm>

#include "store/catalog/postgres_paths.h"

namespace custos::store {
namespace {

using client::PostgresIntegers;
using client::PostgresTexts;

constexpr char kStored[] = "SELECT key, id, content_key FROM message WHERE substr(content_key, 1, 8) = ANY(?::bytea[])";
constexpr char kTakenIds[] = "SELECT count(*) FROM unnest(?::bytea[]) AS w(id) JOIN message m ON m.id = w.id";
constexpr char kAddReason[] = "INSERT INTO reason(text) VALUES(?) ON CONFLICT DO NOTHING";
constexpr char kReason[] = "SELECT id FROM reason WHERE text = ?";
constexpr char kAddLedger[] =
    "INSERT INTO ledger(path, generation, begin, \"end\", status, last, message, reason, kind, raw, raw_bytes, pack, "
    "block, original_begin, original_end, flags) SELECT * FROM unnest(?::bigint[], ?::bigint[], ?::bigint[], "
    "?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bytea[], ?::bigint[], "
    "?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bytea[])";
constexpr char kAddMessages[] =
    "INSERT INTO message(key, id, content_key, segment, row, path, generation, begin, date, date_offset, message_id, "
    "message_id_hash, in_reply_to, refs, subject) SELECT * FROM unnest(?::bigint[], ?::bytea[], ?::bytea[], "
    "?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bytea[], "
    "?::bigint[], ?::bytea[], ?::bytea[], ?::bytea[])";
constexpr char kAddParticipants[] =
    "INSERT INTO participants(message, people) SELECT * FROM unnest(?::bigint[], ?::bytea[])";
constexpr char kPutProgress[] =
    "INSERT INTO file(source, file, size, modified_ns, head_bytes, head_hash, resume, generation, complete) "
    "SELECT * FROM unnest(?::bigint[], ?::bytea[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], "
    "?::bigint[], ?::bigint[]) ON CONFLICT(source, sha256(file)) DO UPDATE SET size = excluded.size, modified_ns = "
    "excluded.modified_ns, head_bytes = excluded.head_bytes, head_hash = excluded.head_hash, resume = "
    "excluded.resume, generation = excluded.generation, complete = excluded.complete";

std::string place_key(SourceId source, const std::string& path, uint64_t generation, uint64_t begin) {
  return fmt::format("{}/{}/{}/", static_cast<int64_t>(source), generation, begin) + path;
}

void add(PostgresIntegers& column, const OptionalInteger& value) {
  value.set ? column.add(value.value) : column.add_null();
}

// Empty is null.
void add_if(PostgresTexts& column, const std::string& text) { text.empty() ? column.add_null() : column.add(text); }

}  // namespace

void PostgresBatch::clear() {
  messages_.clear();
  ledger_.clear();
  progress_.clear();
  content_keys_.clear();
  ids_.clear();
  keys_.clear();
  places_.clear();
}

void PostgresBatch::add_ledger(const LedgerRow& row) {
  places_[place_key(row.source, row.place.path, row.generation, row.place.begin)] = ledger_.size();
  ledger_.push_back(row);
}

void PostgresBatch::add_message(const document::Record& record, RowRef where, const LedgerRow& row,
                                PersonNumbers people, std::string participants) {
  const MessageHeader header(record);
  BatchMessage message;
  message.key = row.message;
  message.id = record.id;
  message.content_key = record.content_key;
  message.where = where;
  message.ledger = ledger_.size();
  message.message_id = record.message_id;
  message.in_reply_to = header.in_reply_to;
  message.references = header.references;
  message.subject = record.subject.text();
  message.participants = std::move(participants);
  message.date = header.date;
  message.offset = header.offset;
  message.hash = header.hash;
  message.thread_keys = record.thread_keys;
  message.people = std::move(people);
  add_ledger(row);
  content_keys_[message.content_key] = messages_.size();
  ids_[message.id] = messages_.size();
  keys_[static_cast<int64_t>(message.key)] = messages_.size();
  messages_.push_back(std::move(message));
}

void PostgresBatch::set_progress(SourceId source, const std::string& file, const FileProgress& progress) {
  progress_[{static_cast<int64_t>(source), file}] = progress;
}

const BatchMessage* PostgresBatch::by_content_key(const Digest& content_key) const {
  const auto at = content_keys_.find(content_key);
  return at == content_keys_.end() ? nullptr : &messages_[at->second];
}

const BatchMessage* PostgresBatch::by_id(std::string_view id) const {
  const auto at = ids_.find(std::string(id));
  return at == ids_.end() ? nullptr : &messages_[at->second];
}

const BatchMessage* PostgresBatch::by_key(MessageKey key) const {
  const auto at = keys_.find(static_cast<int64_t>(key));
  return at == keys_.end() ? nullptr : &messages_[at->second];
}

const LedgerRow* PostgresBatch::ledger_at(SourceId source, const std::string& path, uint64_t generation,
                                          uint64_t begin) const {
  const auto at = places_.find(place_key(source, path, generation, begin));
  return at == places_.end() ? nullptr : &ledger_[at->second];
}

const FileProgress* PostgresBatch::progress_of(SourceId source, const std::string& file) const {
  const auto at = progress_.find({static_cast<int64_t>(source), file});
  return at == progress_.end() ? nullptr : &at->second;
}

Result<std::unordered_map<int64_t, StoredMessage>> PostgresBatch::find_stored(PostgresSql& database) const {
  std::unordered_map<int64_t, StoredMessage> stored;
  PostgresTexts beginnings;
  for (const BatchMessage& message : messages_) beginnings.add(message.content_key.view().substr(0, 8));
  Query query = database.query(kStored);
  query.bind(Blob{beginnings.bytes()});
  while (true) {
    ASSIGN_OR_RETURN(const bool more, query.next());
    if (!more) return stored;
    if (query.view(2).size() != sizeof(Digest)) continue;
    const Digest content_key = Digest::from_view(query.view(2));
    const BatchMessage* const ours = by_content_key(content_key);
    if (ours == nullptr) continue;
    stored[static_cast<int64_t>(ours->key)] = {MessageKey{query.integer(0)}, query.text(1), content_key};
  }
}

Status PostgresBatch::check_ids(PostgresSql& database) const {
  PostgresTexts ids;
  for (const BatchMessage& message : messages_) ids.add(message.id);
  Query query = database.query(kTakenIds);
  RETURN_IF_ERROR(query.bind(Blob{ids.bytes()}).next());
  if (query.integer(0) == 0) return {};
  return Error{Code::kConflict, fmt::format("{} messages got an id that another worker gave to another message "
                                            "meanwhile: the same work again gives them others",
                                            query.integer(0))};
}

void PostgresBatch::index_messages() {
  content_keys_.clear();
  ids_.clear();
  keys_.clear();
  for (size_t at = 0; at < messages_.size(); ++at) {
    content_keys_[messages_[at].content_key] = at;
    ids_[messages_[at].id] = at;
    keys_[static_cast<int64_t>(messages_[at].key)] = at;
  }
}

void PostgresBatch::drop(const std::unordered_map<int64_t, StoredMessage>& stored) {
  for (LedgerRow& row : ledger_) {
    const auto at = stored.find(static_cast<int64_t>(row.message));
    if (row.message == MessageKey{} || at == stored.end()) continue;
    row.status = LedgerStatus::kDuplicate;
    row.message = at->second.key;
  }
  std::vector<BatchMessage> kept;
  std::map<int64_t, uint64_t> dropped;  // of each segment, so far
  for (BatchMessage& message : messages_) {
    if (stored.contains(static_cast<int64_t>(message.key))) {
      ++dropped[message.where.segment];
      continue;
    }
    message.where.row -= dropped[message.where.segment];
    kept.push_back(std::move(message));
  }
  messages_ = std::move(kept);
  index_messages();
}

// paths[i]: of ledger row i.
Status PostgresBatch::write_paths(PostgresSql& database, std::vector<int64_t>& paths) const {
  PathNumbers numbers;
  for (const LedgerRow& row : ledger_) numbers.try_emplace({static_cast<int64_t>(row.source), row.place.path}, 0);
  RETURN_IF_ERROR(find_or_add_paths(database, numbers));
  for (const LedgerRow& row : ledger_) {
    paths.push_back(numbers[{static_cast<int64_t>(row.source), row.place.path}]);
  }
  return {};
}

Status PostgresBatch::write_reasons(PostgresSql& database, std::unordered_map<std::string, int64_t>& reasons) const {
  for (const LedgerRow& row : ledger_) {
    if (row.reason.empty() || reasons.contains(row.reason)) continue;
    RETURN_IF_ERROR(database.query(kAddReason).bind(row.reason).run());
    Query query = database.query(kReason);
    RETURN_IF_ERROR(query.bind(row.reason).next());
    reasons[row.reason] = query.integer(0);
  }
  return {};
}

Status PostgresBatch::write_ledger(PostgresSql& database, const std::vector<int64_t>& paths) const {
  std::unordered_map<std::string, int64_t> reasons;
  RETURN_IF_ERROR(write_reasons(database, reasons));
  PostgresIntegers path, generation, begin, end, status, last, message, reason, kind, raw_bytes, pack, block;
  PostgresIntegers original_begin, original_end;
  PostgresTexts raw, flags;
  for (size_t at = 0; at < ledger_.size(); ++at) {
    const LedgerRow& row = ledger_[at];
    path.add(paths[at]);
    generation.add(static_cast<int64_t>(row.generation));
    begin.add(static_cast<int64_t>(row.place.begin));
    end.add(static_cast<int64_t>(row.place.end));
    status.add(static_cast<int64_t>(row.status));
    last.add(row.last ? 1 : 0);
    add(message, {row.message != MessageKey{}, static_cast<int64_t>(row.message)});
    add(reason, {!row.reason.empty(), row.reason.empty() ? 0 : reasons[row.reason]});
    const bool has = row.has_document();
    add(kind, {has, static_cast<int64_t>(row.kind)});
    has ? raw.add(row.raw_digest.view()) : raw.add_null();
    add(raw_bytes, {has, static_cast<int64_t>(row.raw_bytes)});
    add(pack, {has, static_cast<int64_t>(row.original.block.pack)});
    add(block, {has, static_cast<int64_t>(row.original.block.offset)});
    add(original_begin, {has, static_cast<int64_t>(row.original.begin)});
    add(original_end, {has, static_cast<int64_t>(row.original.end)});
    add_if(flags, row.flags);
  }
  return database.query(kAddLedger)
      .bind(Blob{path.bytes()}, Blob{generation.bytes()}, Blob{begin.bytes()}, Blob{end.bytes()}, Blob{status.bytes()},
            Blob{last.bytes()}, Blob{message.bytes()}, Blob{reason.bytes()}, Blob{kind.bytes()}, Blob{raw.bytes()},
            Blob{raw_bytes.bytes()}, Blob{pack.bytes()}, Blob{block.bytes()}, Blob{original_begin.bytes()},
            Blob{original_end.bytes()}, Blob{flags.bytes()})
      .run();
}

Status PostgresBatch::write_messages(PostgresSql& database, const std::vector<int64_t>& paths) const {
  if (messages_.empty()) return {};
  PostgresIntegers key, segment, row, path, generation, begin, date, offset, hash;
  PostgresTexts id, content_key, message_id, in_reply_to, references, subject;
  for (const BatchMessage& message : messages_) {
    const LedgerRow& place = ledger_[message.ledger];
    key.add(static_cast<int64_t>(message.key));
    id.add(message.id);
    content_key.add(message.content_key.view());
    segment.add(message.where.segment);
    row.add(static_cast<int64_t>(message.where.row));
    path.add(paths[message.ledger]);
    generation.add(static_cast<int64_t>(place.generation));
    begin.add(static_cast<int64_t>(place.place.begin));
    add(date, message.date);
    add(offset, message.offset);
    add_if(message_id, message.message_id);
    add(hash, message.hash);
    add_if(in_reply_to, message.in_reply_to);
    add_if(references, message.references);
    subject.add(message.subject);
  }
  return database.query(kAddMessages)
      .bind(Blob{key.bytes()}, Blob{id.bytes()}, Blob{content_key.bytes()}, Blob{segment.bytes()}, Blob{row.bytes()},
            Blob{path.bytes()}, Blob{generation.bytes()}, Blob{begin.bytes()}, Blob{date.bytes()}, Blob{offset.bytes()},
            Blob{message_id.bytes()}, Blob{hash.bytes()}, Blob{in_reply_to.bytes()}, Blob{references.bytes()},
            Blob{subject.bytes()})
      .run();
}

Status PostgresBatch::write_participants(PostgresSql& database) const {
  PostgresIntegers message;
  PostgresTexts people;
  for (const BatchMessage& each : messages_) {
    if (each.participants.empty()) continue;
    message.add(static_cast<int64_t>(each.key));
    people.add(each.participants);
  }
  return database.query(kAddParticipants).bind(Blob{message.bytes()}, Blob{people.bytes()}).run();
}

Status PostgresBatch::write_progress(PostgresSql& database) const {
  if (progress_.empty()) return {};
  PostgresIntegers source, size, modified_ns, head_bytes, head_hash, resume, generation, complete;
  PostgresTexts file;
  for (const auto& [name, progress] : progress_) {
    source.add(name.first);
    file.add(name.second);
    size.add(static_cast<int64_t>(progress.size));
    modified_ns.add(progress.modified_ns);
    head_bytes.add(static_cast<int64_t>(progress.head_bytes));
    head_hash.add(static_cast<int64_t>(progress.head_hash));
    resume.add(static_cast<int64_t>(progress.resume));
    generation.add(static_cast<int64_t>(progress.generation));
    complete.add(progress.complete ? 1 : 0);
  }
  return database.query(kPutProgress)
      .bind(Blob{source.bytes()}, Blob{file.bytes()}, Blob{size.bytes()}, Blob{modified_ns.bytes()},
            Blob{head_bytes.bytes()}, Blob{head_hash.bytes()}, Blob{resume.bytes()}, Blob{generation.bytes()},
            Blob{complete.bytes()})
      .run();
}

Status PostgresBatch::write(PostgresSql& database) {
  std::vector<int64_t> paths;
  if (!ledger_.empty()) {
    RETURN_IF_ERROR(write_paths(database, paths));
    if (const Status written = write_ledger(database, paths); !written.ok()) {
      if (written.error().code != Code::kConflict) return written;
      return Error{Code::kConflict, fmt::format("another worker has read {} from byte {} meanwhile; this one's work on "
                                                "it is dropped",
                                                ledger_.front().place.path, ledger_.front().place.begin)};
    }
  }
  RETURN_IF_ERROR(write_messages(database, paths));
  RETURN_IF_ERROR(write_participants(database));
  return write_progress(database);
}

}  // namespace custos::store
