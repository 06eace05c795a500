// SqlCatalog: what a publication adds.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "store/catalog/message_header.h"
#include "store/catalog/sql_catalog.h"

namespace custos::store {
namespace {

constexpr size_t kThreadEntriesMax = 512 << 10;  // 12 MiB

constexpr char kAddMessage[] =
    "INSERT INTO message(key, id, content_key, segment, row, path, generation, begin, date, date_offset, message_id, "
    "message_id_hash, in_reply_to, refs, subject) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr char kReplaceMessage[] =
    "UPDATE message SET content_key = ?, segment = ?, row = ?, date = ?, date_offset = ?, message_id = ?, "
    "message_id_hash = ?, in_reply_to = ?, refs = ?, subject = ? WHERE key = ?";
constexpr char kAddLedger[] =
    "INSERT INTO ledger(path, generation, begin, \"end\", status, last, message, reason, kind, raw, raw_bytes, pack, "
    "block, "
    "original_begin, original_end, flags) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

template <typename Optional>
void bind_optional(Query& query, const Optional& optional) {
  if (optional.set) {
    query.bind(optional.value);
  } else {
    query.bind(nullptr);
  }
}

void bind_header(Query& query, const MessageHeader& header, const std::string& subject) {
  bind_optional(query, header.date);
  bind_optional(query, header.offset);
  bind_optional(query, header.message_id);
  bind_optional(query, header.hash);
  bind_optional(query, OptionalText{!header.in_reply_to.empty(), header.in_reply_to});
  bind_optional(query, OptionalText{!header.references.empty(), header.references});
  query.bind(subject);
}

const char* counter_of(LedgerStatus status) {
  switch (status) {
    case LedgerStatus::kStored:
      return "stored";
    case LedgerStatus::kDuplicate:
      return "duplicates";
    case LedgerStatus::kFailed:
    case LedgerStatus::kFailedSpan:
      return "failed";
    case LedgerStatus::kSkipped:
      return "skipped";
  }
  return "skipped";
}

}  // namespace

void SqlCatalog::count(const LedgerRow& row) {
  ++growth_[counter_of(row.status)];
  if (row.has_document()) growth_["bytes"] += static_cast<int64_t>(row.raw_bytes);
}

Result<int64_t> SqlCatalog::find_path(SourceId source, const std::string& path) {
  if (path_id_ >= 0 && source == path_source_ && path == path_) return path_id_;
  Query query = database_->query("SELECT id FROM path WHERE source = ? AND path = ?");
  ASSIGN_OR_RETURN(const bool found, query.bind(static_cast<int64_t>(source), path).next());
  path_source_ = source;
  path_ = path;
  path_id_ = found ? query.integer(0) : 0;
  return path_id_;
}

Result<int64_t> SqlCatalog::path_id(SourceId source, const std::string& path) {
  ASSIGN_OR_RETURN(const int64_t known, find_path(source, path));
  if (known != 0) return known;
  Query add = database_->query("INSERT INTO path(source, path) VALUES(?, ?) RETURNING id");
  RETURN_IF_ERROR(add.bind(static_cast<int64_t>(source), path).next());
  path_id_ = add.integer(0);
  return path_id_;
}

Result<int64_t> SqlCatalog::reason_id(const std::string& reason) {
  const auto known = reasons_.find(reason);
  if (known != reasons_.end()) return known->second;
  RETURN_IF_ERROR(database_->query("INSERT INTO reason(text) VALUES(?) ON CONFLICT DO NOTHING").bind(reason).run());
  Query query = database_->query("SELECT id FROM reason WHERE text = ?");
  RETURN_IF_ERROR(query.bind(reason).next());
  if (reasons_.size() > 1000) reasons_.clear();
  return reasons_[reason] = query.integer(0);
}

Status SqlCatalog::add_ledger(const LedgerRow& row) {
  ASSIGN_OR_RETURN(const int64_t path, path_id(row.source, row.place.path));
  int64_t reason = 0;
  if (!row.reason.empty()) {
    ASSIGN_OR_RETURN(reason, reason_id(row.reason));
  }
  Query add = database_->query(kAddLedger);
  add.bind(path, row.generation, row.place.begin, row.place.end, static_cast<int>(row.status), row.last ? 1 : 0);
  const auto message = static_cast<int64_t>(row.message);
  bind_optional(add, OptionalInteger{message != 0, message});
  bind_optional(add, OptionalInteger{reason != 0, reason});
  if (row.has_document()) {
    add.bind(static_cast<int>(row.kind), Blob{row.raw_digest.view()}, row.raw_bytes, row.original.block.pack,
             row.original.block.offset, row.original.begin, row.original.end);
    bind_optional(add, OptionalText{!row.flags.empty(), row.flags});
  }
  count(row);
  return add.run();
}

Result<PersonNumbers> SqlCatalog::add_stored(const document::Record& record, RowRef where, const LedgerRow& row) {
  const auto key = static_cast<int64_t>(row.message);
  RETURN_IF_ERROR(add_ledger(row));
  const MessageHeader header(record);
  Query add = database_->query(kAddMessage);
  add.bind(key, record.id, Blob{record.content_key.view()}, where.segment, where.row, path_id_, row.generation,
           row.place.begin);
  bind_header(add, header, record.subject.text());
  RETURN_IF_ERROR(add.run());
  threads_.add(key, record.thread_keys);
  if (threads_.entries() > kThreadEntriesMax) RETURN_IF_ERROR(join_threads());
  return people_.add(*database_, key, record);
}

Status SqlCatalog::clear_derived() {
  people_.forget();
  RETURN_IF_ERROR(database_->execute("DELETE FROM person; DELETE FROM person_name;"));
  return clear_messages();
}

Status SqlCatalog::clear_messages() {
  ASSIGN_OR_RETURN(const int64_t chunks, counter("chunks"));
  ASSIGN_OR_RETURN(const int64_t threads, counter("threads"));
  ASSIGN_OR_RETURN(const int64_t vectors, counter("vectors"));
  growth_["chunks"] = -chunks;
  growth_["vectors"] = -vectors;
  growth_["threads"] = -threads;
  return database_->execute(
      "DELETE FROM segment; DELETE FROM participants;"
      "DELETE FROM message_thread;"
      "DELETE FROM thread_key; DELETE FROM thread_owner; UPDATE message SET segment = 0;");
}

Result<PersonNumbers> SqlCatalog::replace_stored(MessageKey key, const document::Record& record, RowRef where) {
  const auto number = static_cast<int64_t>(key);
  const MessageHeader header(record);
  {
    Query replace = database_->query(kReplaceMessage);
    replace.bind(Blob{record.content_key.view()}, where.segment, where.row);
    bind_header(replace, header, record.subject.text());
    RETURN_IF_ERROR(replace.bind(number).run());
  }
  if (database_->changes() != 1) return Error{Code::kNotFound, fmt::format("no message {} to replace", number)};
  threads_.add(number, record.thread_keys);
  if (threads_.entries() > kThreadEntriesMax) RETURN_IF_ERROR(join_threads());
  return people_.add(*database_, number, record);
}

}  // namespace custos::store
