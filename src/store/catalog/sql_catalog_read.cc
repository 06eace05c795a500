// SqlCatalog: looking up and reading.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "store/catalog/message_header.h"
#include "store/catalog/sql_catalog.h"

namespace custos::store {
namespace {

// The order that read_message and read_ledger take.
#define CUSTOS_MESSAGE_COLUMNS                                                                                       \
  "m.key, m.id, m.message_id, m.in_reply_to, m.refs, m.subject, m.date, m.date_offset, m.content_key, m.segment, "   \
  "m.row, (SELECT s.name FROM segment s WHERE s.id = m.segment), (SELECT o.id FROM message o WHERE o.key = (SELECT " \
  "min(t2.message) FROM message_thread t2 WHERE "                                                                    \
  "t2.thread = t.thread)) FROM message m LEFT JOIN message_thread t ON t.message = m.key "
#define CUSTOS_LEDGER_COLUMNS                                                                                        \
  "l.path, p.source, p.path, l.generation, l.begin, l.\"end\", l.status, l.last, l.message, r.text, l.kind, l.raw, " \
  "l.raw_bytes, l.pack, l.block, l.original_begin, l.original_end, l.flags FROM ledger l JOIN path p ON p.id = "     \
  "l.path LEFT JOIN reason r ON r.id = l.reason "

constexpr char kMessage[] = "SELECT " CUSTOS_MESSAGE_COLUMNS "WHERE m.key = ?";
constexpr char kMessagesAfter[] = "SELECT " CUSTOS_MESSAGE_COLUMNS "WHERE m.key > ? ORDER BY m.key LIMIT ?";
constexpr char kThreadMessages[] = "SELECT " CUSTOS_MESSAGE_COLUMNS
                                   "WHERE m.key IN (SELECT message FROM message_thread WHERE thread = (SELECT thread "
                                   "FROM message_thread WHERE message = ?)) ORDER BY m.key LIMIT ?";
constexpr char kLedgerAt[] = "SELECT " CUSTOS_LEDGER_COLUMNS "WHERE l.path = ? AND l.generation = ? AND l.begin = ?";
constexpr char kLedgerStored[] = "SELECT " CUSTOS_LEDGER_COLUMNS
                                 "JOIN message m ON m.path = l.path AND m.generation = l.generation AND m.begin = "
                                 "l.begin WHERE m.key = ?";
constexpr char kLedgerDuplicates[] =
    "SELECT " CUSTOS_LEDGER_COLUMNS "WHERE l.message = ? AND l.status = 1 ORDER BY l.path, l.generation, l.begin";
constexpr char kLedgerAll[] = "SELECT " CUSTOS_LEDGER_COLUMNS "ORDER BY l.path, l.generation, l.begin";
#undef CUSTOS_MESSAGE_COLUMNS
#undef CUSTOS_LEDGER_COLUMNS

Digest digest_of(std::string_view bytes) {
  Digest digest;
  return bytes.size() == digest.bytes.size() ? Digest::from_view(bytes) : digest;
}

MessageRow read_message(const Query& query) {
  MessageRow row;
  row.entry.key = MessageKey{query.integer(0)};
  row.entry.id = query.text(1);
  row.entry.message_id = query.text(2);
  row.entry.in_reply_to = split_ids(query.view(3));
  row.entry.references = split_ids(query.view(4));
  row.entry.subject = query.text(5);
  if (!query.is_null(6)) row.entry.date = {query.integer(6), static_cast<int32_t>(query.integer(7))};
  row.content_key = digest_of(query.view(8));
  row.where = {query.integer(9), query.count(10)};
  row.segment = query.text(11);
  if (!query.is_null(12)) row.entry.thread = "t" + query.text(12);
  return row;
}

LedgerEntry read_ledger(const Query& query) {
  LedgerEntry entry;
  entry.path_id = query.integer(0);
  LedgerRow& row = entry.row;
  row.source = SourceId{query.integer(1)};
  row.place = {query.text(2), query.count(4), query.count(5)};
  row.generation = query.count(3);
  row.status = static_cast<LedgerStatus>(query.integer(6));
  row.last = query.integer(7) != 0;
  row.message = MessageKey{query.integer(8)};
  row.reason = query.text(9);
  row.kind = static_cast<document::RawKind>(query.integer(10));
  row.raw_digest = digest_of(query.view(11));
  row.raw_bytes = query.count(12);
  row.original.block = {static_cast<uint32_t>(query.integer(13)), query.count(14)};
  row.original.begin = static_cast<uint32_t>(query.integer(15));
  row.original.end = static_cast<uint32_t>(query.integer(16));
  row.flags = query.text(17);
  return entry;
}

}  // namespace

Result<std::optional<LedgerRow>> SqlCatalog::ledger_row(SourceId source, const document::Place& place,
                                                        uint64_t generation) {
  ASSIGN_OR_RETURN(const int64_t path, find_path(source, place.path));
  if (path == 0) return std::optional<LedgerRow>();
  Query query = database_->query(kLedgerAt);
  ASSIGN_OR_RETURN(const bool found, query.bind(path, generation, place.begin).next());
  if (!found) return std::optional<LedgerRow>();
  return std::optional(read_ledger(query).row);
}

// key, id, content_key.
Result<std::vector<StoredMessage>> SqlCatalog::stored_messages(Query& query) {
  std::vector<StoredMessage> messages;
  while (true) {
    ASSIGN_OR_RETURN(const bool more, query.next());
    if (!more) return messages;
    messages.push_back({MessageKey{query.integer(0)}, query.text(1), digest_of(query.view(2))});
  }
}

Result<std::optional<StoredMessage>> SqlCatalog::find_by_content_key(const Digest& content_key) {
  Query query = database_->query("SELECT key, id, content_key FROM message WHERE substr(content_key, 1, 8) = ?");
  query.bind(Blob{content_key.view().substr(0, 8)});
  while (true) {
    ASSIGN_OR_RETURN(const bool more, query.next());
    if (!more) return std::optional<StoredMessage>();
    if (query.view(2) != content_key.view()) continue;
    return std::optional(StoredMessage{MessageKey{query.integer(0)}, query.text(1), content_key});
  }
}

Result<std::optional<StoredMessage>> SqlCatalog::find_by_raw_digest(const Digest& raw_digest) {
  Query query = database_->query(
      "SELECT m.key, m.id, m.content_key, l.raw FROM ledger l JOIN message m ON m.key = l.message "
      "WHERE substr(l.raw, 1, 8) = ? AND l.message IS NOT NULL");
  query.bind(Blob{raw_digest.view().substr(0, 8)});
  while (true) {
    ASSIGN_OR_RETURN(const bool more, query.next());
    if (!more) return std::optional<StoredMessage>();
    if (query.view(3) != raw_digest.view()) continue;
    return std::optional(StoredMessage{MessageKey{query.integer(0)}, query.text(1), digest_of(query.view(2))});
  }
}

Result<std::optional<StoredMessage>> SqlCatalog::find_by_id(std::string_view id) {
  Query query = database_->query("SELECT key, id, content_key FROM message WHERE id = ?");
  ASSIGN_OR_RETURN(const bool found, query.bind(id).next());
  if (!found) return std::optional<StoredMessage>();
  return std::optional(StoredMessage{MessageKey{query.integer(0)}, query.text(1), digest_of(query.view(2))});
}

Result<std::vector<StoredMessage>> SqlCatalog::find_by_message_id(std::string_view id, size_t limit) {
  Query query = database_->query(
      "SELECT key, id, content_key FROM message WHERE message_id_hash = ? AND message_id = ? ORDER BY key LIMIT ?");
  query.bind(static_cast<int64_t>(hash64(id)), id, limit);
  return stored_messages(query);
}

Result<std::vector<StoredMessage>> SqlCatalog::find_by_id_prefix(std::string_view prefix, size_t limit) {
  // Ids are UTF-8, so 0xff ends every continuation of the prefix.
  const std::string end = std::string(prefix) + '\xff';
  Query query =
      database_->query("SELECT key, id, content_key FROM message WHERE id >= ? AND id < ? ORDER BY id LIMIT ?");
  query.bind(prefix, end, limit);
  return stored_messages(query);
}

Result<MessageRow> SqlCatalog::message(MessageKey key) {
  Query query = database_->query(kMessage);
  ASSIGN_OR_RETURN(const bool found, query.bind(static_cast<int64_t>(key)).next());
  if (!found) return Error{Code::kNotFound, fmt::format("no message with key {}", static_cast<int64_t>(key))};
  return read_message(query);
}

Result<std::string> SqlCatalog::public_id(MessageKey key) {
  Query query = database_->query("SELECT id FROM message WHERE key = ?");
  ASSIGN_OR_RETURN(const bool found, query.bind(static_cast<int64_t>(key)).next());
  if (!found) return Error{Code::kNotFound, fmt::format("no message with key {}", static_cast<int64_t>(key))};
  return query.text(0);
}

Result<std::vector<MessageRow>> SqlCatalog::messages_after(MessageKey after, size_t limit) {
  std::vector<MessageRow> rows;
  Query query = database_->query(kMessagesAfter);
  query.bind(static_cast<int64_t>(after), limit);
  while (true) {
    ASSIGN_OR_RETURN(const bool more, query.next());
    if (!more) return rows;
    rows.push_back(read_message(query));
  }
}

Result<std::vector<MessageEntry>> SqlCatalog::thread_of(MessageKey key, size_t limit) {
  std::vector<MessageEntry> entries;
  Query query = database_->query(kThreadMessages);
  query.bind(static_cast<int64_t>(key), limit);
  while (true) {
    ASSIGN_OR_RETURN(const bool more, query.next());
    if (!more) return entries;
    entries.push_back(read_message(query).entry);
    entries.back().thread = "t" + entries.front().id;
  }
}

Result<std::vector<MessageKey>> SqlCatalog::keys_of_thread(MessageKey member) {
  std::vector<MessageKey> keys;
  Query query = database_->query(
      "SELECT message FROM message_thread WHERE thread = (SELECT thread FROM message_thread WHERE message = ?) "
      "ORDER BY message");
  query.bind(static_cast<int64_t>(member));
  while (true) {
    ASSIGN_OR_RETURN(const bool more, query.next());
    if (!more) break;
    keys.push_back(MessageKey{query.integer(0)});
  }
  if (keys.empty()) return Error{Code::kNotFound, fmt::format("no message with key {}", static_cast<int64_t>(member))};
  return keys;
}

Result<uint64_t> SqlCatalog::thread_size(MessageKey member) {
  Query query = database_->query(
      "SELECT count(*) FROM message_thread WHERE thread = (SELECT thread FROM message_thread WHERE message = ?)");
  RETURN_IF_ERROR(query.bind(static_cast<int64_t>(member)).next());
  if (query.count(0) > 0) return query.count(0);
  return Error{Code::kNotFound, fmt::format("no message with key {}", static_cast<int64_t>(member))};
}

Result<PersonNumbers> SqlCatalog::person_numbers(MessageKey key) {
  return People::numbers(*database_, static_cast<int64_t>(key));
}

Result<std::vector<uint64_t>> SqlCatalog::find_people(std::string_view text, size_t limit) {
  return People::find(*database_, text, limit);
}

Result<Participants> SqlCatalog::participants(MessageKey key) {
  return People::read(*database_, static_cast<int64_t>(key));
}

Result<LedgerRow> SqlCatalog::stored_row(MessageKey key) {
  Query query = database_->query(kLedgerStored);
  ASSIGN_OR_RETURN(const bool found, query.bind(static_cast<int64_t>(key)).next());
  if (!found) {
    return Error{Code::kCorrupt, fmt::format("the ledger has no row for message {}", static_cast<int64_t>(key))};
  }
  return read_ledger(query).row;
}

Result<std::vector<LedgerRow>> SqlCatalog::duplicate_rows(MessageKey key) {
  std::vector<LedgerRow> rows;
  Query query = database_->query(kLedgerDuplicates);
  query.bind(static_cast<int64_t>(key));
  while (true) {
    ASSIGN_OR_RETURN(const bool more, query.next());
    if (!more) return rows;
    rows.push_back(read_ledger(query).row);
  }
}

Status SqlCatalog::for_each_ledger_row(const LedgerVisitor& visit) {
  Query query = database_->query(kLedgerAll);
  query.stream();
  while (true) {
    ASSIGN_OR_RETURN(const bool more, query.next());
    if (!more) return {};
    RETURN_IF_ERROR(visit(read_ledger(query)));
  }
}

}  // namespace custos::store
