// SqlCatalog: leases and tasks.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/digest.h"
#include "store/catalog/sql_catalog.h"

namespace custos::store {
namespace {

constexpr char kAcquire[] =
    "INSERT INTO lease(name, owner, token, expires) VALUES(?, ?, 1, ?) ON CONFLICT(name) DO UPDATE SET owner = "
    "excluded.owner, token = lease.token + 1, expires = excluded.expires WHERE lease.expires <= ? OR lease.owner = "
    "excluded.owner RETURNING token";
constexpr char kTake[] =
    "INSERT INTO lease(name, owner, token, expires) VALUES(?, ?, 1, ?) ON CONFLICT(name) DO UPDATE SET owner = "
    "excluded.owner, token = lease.token + 1, expires = excluded.expires RETURNING token";
constexpr char kRenew[] =
    "UPDATE lease SET expires = ? WHERE name = ? AND owner = ? AND token = ? AND expires > ? RETURNING token";
constexpr char kRelease[] = "UPDATE lease SET expires = 0 WHERE name = ? AND owner = ? AND token = ?";
constexpr char kAddTask[] =
    "INSERT INTO task(source, files, digest, bytes, state, attempts, lease) VALUES(?, ?, ?, ?, 0, 0, ?) "
    "ON CONFLICT(source, digest) DO UPDATE SET state = 0, attempts = 0, reason = NULL, bytes = excluded.bytes "
    "WHERE task.state = 3 OR (task.state = 2 AND task.bytes <> excluded.bytes) RETURNING id";
constexpr char kGiveUpTasks[] =
    "UPDATE task SET state = 3 WHERE state = 1 AND attempts >= ? AND EXISTS (SELECT 1 FROM lease l WHERE l.name = "
    "task.lease AND l.expires <= ?)";
constexpr char kTakeTask[] =
    "UPDATE task SET state = 1, attempts = attempts + 1 WHERE id = ? RETURNING source, files, bytes, attempts, lease";
constexpr char kForgiveAttempts[] = "UPDATE task SET attempts = 0 WHERE lease = ? AND attempts > 0";
constexpr char kFinishTask[] =
    "UPDATE task SET state = ?, attempts = ?, reason = ? WHERE id = ? AND EXISTS (SELECT 1 FROM lease l WHERE l.name = "
    "? AND l.owner "
    "= ? AND l.token = ?)";

constexpr int kTakeAttemptsMax = 8;  // each needs another worker that was faster

enum TaskState : int { kWaiting = 0, kTaken = 1, kDone = 2, kFailed = 3 };  // on disk: never renumber

int64_t end_of(int64_t now_ms, uint32_t seconds) { return now_ms + int64_t{seconds} * 1000; }

// File names have no zero bytes.
std::string joined(const std::vector<std::string>& files) {
  std::string all;
  for (const std::string& file : files) all.append(file).push_back('\0');
  return all;
}

std::vector<std::string> split(std::string_view all) {
  std::vector<std::string> files;
  while (!all.empty()) {
    const size_t end = std::min(all.find('\0'), all.size());
    files.emplace_back(all.substr(0, end));
    all.remove_prefix(std::min(end + 1, all.size()));
  }
  return files;
}

// Of a statement that is a transaction of its own: it is committed only when there is no further row to ask for.
Result<std::optional<int64_t>> only_integer(Query& query) {
  std::optional<int64_t> value;
  while (true) {
    ASSIGN_OR_RETURN(const bool more, query.next());
    if (!more) return value;
    value = query.integer(0);
  }
}

Error lost(const Lease& lease) {
  return {Code::kConflict,
          fmt::format("the lease {} of {} is over, or another one has it: its work is left to that one", lease.name,
                      lease.owner)};
}

}  // namespace

Result<std::optional<Lease>> SqlCatalog::acquire_lease(const std::string& name, const std::string& owner,
                                                       uint32_t seconds) {
  ASSIGN_OR_RETURN(const int64_t now, now_ms());
  Query query = database_->query(kAcquire);
  ASSIGN_OR_RETURN(const std::optional<int64_t> token,
                   only_integer(query.bind(name, owner, end_of(now, seconds), now)));
  if (!token) return std::optional<Lease>();
  return std::optional(Lease{name, owner, *token});
}

Result<Lease> SqlCatalog::take_lease(const std::string& name, const std::string& owner, uint32_t seconds) {
  ASSIGN_OR_RETURN(const int64_t now, now_ms());
  Query query = database_->query(kTake);
  ASSIGN_OR_RETURN(const std::optional<int64_t> token, only_integer(query.bind(name, owner, end_of(now, seconds))));
  return Lease{name, owner, token.value_or(0)};
}

Result<bool> SqlCatalog::renew_lease(const Lease& lease, uint32_t seconds) {
  ASSIGN_OR_RETURN(const int64_t now, now_ms());
  Query query = database_->query(kRenew);
  ASSIGN_OR_RETURN(const std::optional<int64_t> token,
                   only_integer(query.bind(end_of(now, seconds), lease.name, lease.owner, lease.token, now)));
  return token.has_value();
}

Status SqlCatalog::release_lease(const Lease& lease) {
  return database_->query(kRelease).bind(lease.name, lease.owner, lease.token).run();
}

Status SqlCatalog::require_lease(const Lease& lease) {
  required_.push_back(lease);
  return {};
}

Status SqlCatalog::check_leases() {
  if (required_.empty()) return {};
  ASSIGN_OR_RETURN(const int64_t now, now_ms());
  for (const Lease& lease : required_) {
    Query query = database_->query(lease_check());
    ASSIGN_OR_RETURN(const bool has_it, query.bind(lease.name, lease.owner, lease.token, now).next());
    if (!has_it) return lost(lease);
    // What gets on is not given up, however often its workers die.
    RETURN_IF_ERROR(database_->query(kForgiveAttempts).bind(lease.name).run());
  }
  return {};
}

Result<bool> SqlCatalog::add_task(SourceId source, const std::vector<std::string>& files, uint64_t bytes) {
  if (files.size() > kTaskFilesMax) {
    return Error{Code::kLimit, fmt::format("{} files in one task; {} are the most", files.size(), kTaskFilesMax)};
  }
  const std::string all = joined(files);
  const Digest digest = blake2b(all);
  const std::string lease = fmt::format("task/{}/{}", static_cast<int64_t>(source), digest.hex_prefix(8));
  Query add = database_->query(kAddTask);
  ASSIGN_OR_RETURN(const std::optional<int64_t> id,
                   only_integer(add.bind(static_cast<int64_t>(source), all, Blob{digest.view()}, bytes, lease)));
  return id.has_value();
}

// Where several ask at once, the row of a task may have been taken between the look at it and its lock: then its lease,
// which came with it, is seen by now.
Result<std::optional<TakenTask>> SqlCatalog::take_next(const std::string& owner, uint32_t seconds, int64_t now,
                                                       bool& was_faster) {
  TakenTask taken;
  std::string lease;
  {
    Query next = database_->query(next_task());
    ASSIGN_OR_RETURN(const bool found, next.bind(now).next());
    if (!found) return std::optional<TakenTask>();
    taken.task.id = next.integer(0);
  }
  {
    Query update = database_->query(kTakeTask);
    RETURN_IF_ERROR(update.bind(taken.task.id).next());
    taken.task = {taken.task.id, SourceId{update.integer(0)}, split(update.view(1)), update.count(2),
                  static_cast<uint32_t>(update.integer(3))};
    lease = update.text(4);
  }
  {
    Query others = database_->query("SELECT 1 FROM lease WHERE name = ? AND expires > ?");
    ASSIGN_OR_RETURN(was_faster, others.bind(lease, now).next());
    if (was_faster) return std::optional<TakenTask>();
  }
  ASSIGN_OR_RETURN(taken.lease, take_lease(lease, owner, seconds));
  return std::optional(std::move(taken));
}

Result<std::optional<TakenTask>> SqlCatalog::take_task(const std::string& owner, uint32_t seconds) {
  ASSIGN_OR_RETURN(const int64_t now, now_ms());
  RETURN_IF_ERROR(database_->query(kGiveUpTasks).bind(kTaskAttemptsMax, now).run());
  for (int attempt = 0; attempt < kTakeAttemptsMax; ++attempt) {
    RETURN_IF_ERROR(begin_own());
    bool was_faster = false;
    auto taken = take_next(owner, seconds, now, was_faster);
    RETURN_IF_ERROR(end_own(taken.ok() && !was_faster));
    if (!was_faster) return taken;
  }
  return std::optional<TakenTask>();
}

Status SqlCatalog::finish_task(const TakenTask& taken, TaskEnd end, const std::string& reason) {
  uint32_t attempts = taken.task.attempts;
  int state = end == TaskEnd::kDone ? kDone : kWaiting;
  if (end == TaskEnd::kFailed && attempts >= kTaskAttemptsMax) state = kFailed;
  if (end == TaskEnd::kGivenBack && attempts > 0) --attempts;
  Query finish = database_->query(kFinishTask);
  finish.bind(state, attempts, end == TaskEnd::kDone ? std::string_view() : reason, taken.task.id);
  RETURN_IF_ERROR(finish.bind(taken.lease.name, taken.lease.owner, taken.lease.token).run());
  return release_lease(taken.lease);
}

Result<TaskCounts> SqlCatalog::task_counts() {
  TaskCounts counts;
  uint64_t* const fields[] = {&counts.waiting, &counts.taken, &counts.done, &counts.failed};
  Query query = database_->query("SELECT state, count(*) FROM task GROUP BY state");
  while (true) {
    ASSIGN_OR_RETURN(const bool more, query.next());
    if (!more) return counts;
    const int64_t state = query.integer(0);
    if (state >= kWaiting && state <= kFailed) *fields[state] = query.count(1);
  }
}

}  // namespace custos::store
