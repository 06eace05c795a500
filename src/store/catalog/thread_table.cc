#include "store/catalog/thread_table.h"

namespace custos::store {
namespace {

constexpr char kThreadOf[] = "SELECT thread FROM message_thread WHERE message = ?";
constexpr char kFindKey[] = "SELECT member FROM thread_key WHERE key = ?";
constexpr char kAddKey[] = "INSERT INTO thread_key(key, member) VALUES(?, ?) ON CONFLICT DO NOTHING";
constexpr char kPutKey[] =
    "INSERT INTO thread_key(key, member) VALUES(?, ?) ON CONFLICT(key) DO UPDATE SET member = "
    "excluded.member";
constexpr char kOwners[] = "SELECT message FROM thread_owner WHERE key = ?";
constexpr char kAddOwner[] = "INSERT INTO thread_owner(key, message) VALUES(?, ?) ON CONFLICT DO NOTHING";
constexpr char kDropOwners[] = "DELETE FROM thread_owner WHERE key = ?";
constexpr char kAddMember[] = "INSERT INTO message_thread(message, thread) VALUES(?, ?)";
constexpr char kSize[] = "SELECT count(*) FROM message_thread WHERE thread = ?";
constexpr char kRename[] = "UPDATE message_thread SET thread = ? WHERE thread = ?";

}  // namespace

Result<bool> SqlThreadTable::add_key(int64_t key, int64_t member) {
  RETURN_IF_ERROR(database_.query(kAddKey).bind(key, member).run());
  return database_.changes() == 1;
}

Result<int64_t> SqlThreadTable::member(int64_t key) {
  Query query = database_.query(kFindKey);
  RETURN_IF_ERROR(query.bind(key).next());
  return query.integer(0);
}

Status SqlThreadTable::put_key(int64_t key, int64_t member) { return database_.query(kPutKey).bind(key, member).run(); }

Result<std::vector<int64_t>> SqlThreadTable::owners(int64_t key) {
  std::vector<int64_t> owners;
  Query query = database_.query(kOwners);
  query.bind(key);
  while (true) {
    ASSIGN_OR_RETURN(const bool more, query.next());
    if (!more) return owners;
    owners.push_back(query.integer(0));
  }
}

Status SqlThreadTable::add_owner(int64_t key, int64_t message) {
  return database_.query(kAddOwner).bind(key, message).run();
}

Status SqlThreadTable::drop_owners(int64_t key) { return database_.query(kDropOwners).bind(key).run(); }

Result<int64_t> SqlThreadTable::thread_of(int64_t message) {
  Query query = database_.query(kThreadOf);
  ASSIGN_OR_RETURN(const bool found, query.bind(message).next());
  if (found) return query.integer(0);
  return Error{Code::kCorrupt, "catalog: a thread key names a message without a thread; run custos rebuild"};
}

Status SqlThreadTable::add_member(int64_t message, int64_t thread) {
  return database_.query(kAddMember).bind(message, thread).run();
}

Result<int64_t> SqlThreadTable::size(int64_t thread) {
  Query query = database_.query(kSize);
  RETURN_IF_ERROR(query.bind(thread).next());
  return query.integer(0);
}

Status SqlThreadTable::rename(int64_t from, int64_t to) { return database_.query(kRename).bind(to, from).run(); }

}  // namespace custos::store
