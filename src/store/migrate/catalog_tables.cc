#include "store/migrate/catalog_tables.h"

namespace custos::store {
namespace {

Column integer(const char* name) { return {name, ColumnKind::kInteger}; }
Column text(const char* name) { return {name, ColumnKind::kText}; }
Column blob(const char* name) { return {name, ColumnKind::kBlob}; }

// Whoever took a task has a lease, which is not copied: the task waits again.
constexpr char kTaskState[] = "CASE WHEN state = 1 THEN 0 ELSE state END";

}  // namespace

std::vector<Table> catalog_tables() {
  return {
      {"meta", "name", {text("name"), text("value")}},
      {"counter", "name", {text("name"), integer("value")}},
      {"source", "id", {integer("id"), text("name")}},
      {"file",
       "source, file",
       {integer("source"), text("file"), integer("size"), integer("modified_ns"), integer("head_bytes"),
        integer("head_hash"), integer("resume"), integer("generation"), integer("complete")}},
      {"path", "id", {integer("id"), integer("source"), text("path")}},
      {"reason", "id", {integer("id"), text("text")}},
      {"pack", "id", {integer("id"), integer("bytes")}},
      {"segment",
       "id",
       {integer("id"), text("name"), integer("first"), integer("last"), integer("messages"), integer("chunks"),
        integer("vectors"), integer("bytes"), blob("manifest")}},
      {"ledger",
       "path, generation, begin",
       {integer("path"), integer("generation"), integer("begin"), integer("\"end\""), integer("status"),
        integer("last"), integer("message"), integer("reason"), integer("kind"), blob("raw"), integer("raw_bytes"),
        integer("pack"), integer("block"), integer("original_begin"), integer("original_end"), text("flags")}},
      {"message",
       "key",
       {integer("key"), text("id"), blob("content_key"), integer("segment"), integer("row"), integer("path"),
        integer("generation"), integer("begin"), integer("date"), integer("date_offset"), text("message_id"),
        integer("message_id_hash"), text("in_reply_to"), text("refs"), text("subject")}},
      {"person", "id", {integer("id"), text("address"), text("name")}},
      {"person_name", "person, name", {integer("person"), text("name")}},
      {"participants", "message", {integer("message"), text("people")}},
      {"message_thread", "message", {integer("message"), integer("thread")}},
      {"thread_key", "key", {integer("key"), integer("member")}},
      {"thread_owner", "key, message", {integer("key"), integer("message")}},
      {"task",
       "id",
       {integer("id"),
        integer("source"),
        text("files"),
        blob("digest"),
        integer("bytes"),
        {"state", ColumnKind::kInteger, kTaskState},
        integer("attempts"),
        text("lease"),
        text("reason")}},
  };
}

std::string column_list(const Table& table, bool reading) {
  std::string list;
  for (const Column& column : table.columns) {
    if (!list.empty()) list += ", ";
    list += reading && column.read != nullptr ? column.read : column.name;
  }
  return list;
}

}  // namespace custos::store
