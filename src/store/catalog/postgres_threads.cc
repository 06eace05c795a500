#include "store/catalog/postgres_threads.h"

namespace custos::store {
namespace {

constexpr char kKeys[] = "SELECT key, member FROM thread_key WHERE key = ANY(?::bigint[])";
constexpr char kOwners[] = "SELECT key, message FROM thread_owner WHERE key = ANY(?::bigint[])";
constexpr char kThreads[] = "SELECT message, thread FROM message_thread WHERE message = ANY(?::bigint[])";
constexpr char kPutKeys[] =
    "INSERT INTO thread_key(key, member) SELECT * FROM unnest(?::bigint[], ?::bigint[]) ON CONFLICT(key) DO UPDATE SET "
    "member = excluded.member";
constexpr char kDropOwners[] = "DELETE FROM thread_owner WHERE key = ANY(?::bigint[])";
constexpr char kAddOwners[] =
    "INSERT INTO thread_owner(key, message) SELECT * FROM unnest(?::bigint[], ?::bigint[]) ON CONFLICT DO NOTHING";
constexpr char kAddMembers[] =
    "INSERT INTO message_thread(message, thread) SELECT * FROM unnest(?::bigint[], ?::bigint[])";

// Two columns of integers.
template <typename Pairs>
Status write_pairs(PostgresSql& database, const char* sql, const Pairs& pairs) {
  if (pairs.empty()) return {};
  client::PostgresIntegers first;
  client::PostgresIntegers second;
  for (const auto& [left, right] : pairs) {
    first.add(left);
    second.add(right);
  }
  return database.query(sql).bind(Blob{first.bytes()}, Blob{second.bytes()}).run();
}

}  // namespace

Status PostgresThreadTable::fetch_keys(std::span<const int64_t> keys) {
  client::PostgresIntegers wanted;
  for (const int64_t key : keys) wanted.add(key);
  Query query = database_.query(kKeys);
  query.bind(Blob{wanted.bytes()});
  while (true) {
    ASSIGN_OR_RETURN(const bool more, query.next());
    if (!more) return {};
    members_[query.integer(0)] = query.integer(1);
  }
}

Status PostgresThreadTable::fetch_owners() {
  client::PostgresIntegers unlinked;
  for (const auto& [key, member] : members_) {
    if (member % 2 == 0) unlinked.add(key);
  }
  Query query = database_.query(kOwners);
  query.bind(Blob{unlinked.bytes()});
  while (true) {
    ASSIGN_OR_RETURN(const bool more, query.next());
    if (!more) return {};
    owners_[query.integer(0)].push_back(query.integer(1));
  }
}

Status PostgresThreadTable::fetch_threads() {
  client::PostgresIntegers messages;
  for (const auto& [key, member] : members_) messages.add(member / 2);
  for (const auto& [key, owners] : owners_) {
    for (const int64_t owner : owners) messages.add(owner);
  }
  Query query = database_.query(kThreads);
  query.bind(Blob{messages.bytes()});
  while (true) {
    ASSIGN_OR_RETURN(const bool more, query.next());
    if (!more) return {};
    threads_[query.integer(0)] = query.integer(1);
  }
}

Status PostgresThreadTable::expect(std::span<const int64_t> keys) {
  if (keys.empty()) return {};
  RETURN_IF_ERROR(fetch_keys(keys));
  if (members_.empty()) return {};
  RETURN_IF_ERROR(fetch_owners());
  return fetch_threads();
}

Result<bool> PostgresThreadTable::add_key(int64_t key, int64_t member) {
  const bool is_new = members_.try_emplace(key, member).second;
  if (is_new) put_[key] = member;
  return is_new;
}

Result<int64_t> PostgresThreadTable::member(int64_t key) { return members_.at(key); }

Status PostgresThreadTable::put_key(int64_t key, int64_t member) {
  members_[key] = put_[key] = member;
  return {};
}

Result<std::vector<int64_t>> PostgresThreadTable::owners(int64_t key) { return owners_[key]; }

Status PostgresThreadTable::add_owner(int64_t key, int64_t message) {
  added_owners_.emplace(key, message);
  return {};
}

Status PostgresThreadTable::drop_owners(int64_t key) {
  dropped_.push_back(key);
  owners_.erase(key);
  return {};
}

Result<int64_t> PostgresThreadTable::thread_of(int64_t message) {
  const auto at = threads_.find(message);
  if (at != threads_.end()) return at->second;
  return Error{Code::kCorrupt, "catalog: a thread key names a message without a thread; run custos rebuild"};
}

Status PostgresThreadTable::add_member(int64_t message, int64_t thread) {
  added_members_.emplace_back(message, thread);
  return {};
}

Result<int64_t> PostgresThreadTable::size(int64_t thread) { return SqlThreadTable(database_).size(thread); }

Status PostgresThreadTable::rename(int64_t from, int64_t to) { return SqlThreadTable(database_).rename(from, to); }

Status PostgresThreadTable::finish() {
  RETURN_IF_ERROR(write_pairs(database_, kPutKeys, put_));
  if (!dropped_.empty()) {
    client::PostgresIntegers keys;
    for (const int64_t key : dropped_) keys.add(key);
    RETURN_IF_ERROR(database_.query(kDropOwners).bind(Blob{keys.bytes()}).run());
  }
  RETURN_IF_ERROR(write_pairs(database_, kAddOwners, added_owners_));
  return write_pairs(database_, kAddMembers, added_members_);
}

}  // namespace custos::store
