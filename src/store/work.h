// Who works on what, where many work on one archive: leases, and tasks that are handed out once.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/entry.h"

namespace custos::store {

// Who works on something. The token grows with each owner, so that one who lost it unawares cannot commit.
struct Lease {
  std::string name;
  std::string owner;
  int64_t token = 0;
};

// Files of one SOURCE for one worker.
struct Task {
  int64_t id = 0;
  SourceId source{};
  std::vector<std::string> files;
  uint64_t bytes = 0;     // of the files, as far as it is known
  uint32_t attempts = 0;  // this one included, since the last commit that had its lease
};

struct TakenTask {
  Task task;
  Lease lease;
};

struct TaskCounts {
  uint64_t waiting = 0;
  uint64_t taken = 0;
  uint64_t done = 0;
  uint64_t failed = 0;

  bool operator==(const TaskCounts&) const = default;
};

enum class TaskEnd {
  kDone,
  kFailed,     // to be tried again, unless it was the last attempt
  kGivenBack,  // through no fault of the task's: as if it had not been taken
};

inline constexpr uint32_t kTaskAttemptsMax = 10;
inline constexpr size_t kTaskFilesMax = 4096;

// Of one archive. Each call is a transaction. What Archive::open_work_queue gives is thread-safe, over a connection of
// its own.
class WorkQueue {
 public:
  virtual ~WorkQueue() = default;

  [[nodiscard]] virtual Result<SourceId> register_source(const std::string& name) = 0;
  [[nodiscard]] virtual Result<std::string> source_name(SourceId source) = 0;

  // Nothing while another owner's has time left. The same owner gets another token.
  [[nodiscard]] virtual Result<std::optional<Lease>> acquire_lease(const std::string& name, const std::string& owner,
                                                                   uint32_t seconds) = 0;
  // Whoever has it loses it.
  [[nodiscard]] virtual Result<Lease> take_lease(const std::string& name, const std::string& owner,
                                                 uint32_t seconds) = 0;
  // False where it was lost.
  [[nodiscard]] virtual Result<bool> renew_lease(const Lease& lease, uint32_t seconds) = 0;
  [[nodiscard]] virtual Status release_lease(const Lease& lease) = 0;

  // False where the same task is there already; one that failed, or was done when its files had other sizes, waits
  // again, as if it were new. kLimit past kTaskFilesMax files.
  [[nodiscard]] virtual Result<bool> add_task(SourceId source, const std::vector<std::string>& files,
                                              uint64_t bytes) = 0;
  // The oldest that waits, or whose worker's lease is over. After kTaskAttemptsMax attempts it counts as failed.
  [[nodiscard]] virtual Result<std::optional<TakenTask>> take_task(const std::string& owner, uint32_t seconds) = 0;
  // `reason`: of an end that is not kDone. No fault where the lease was lost: then it changes nothing.
  [[nodiscard]] virtual Status finish_task(const TakenTask& taken, TaskEnd end, const std::string& reason) = 0;
  [[nodiscard]] virtual Result<TaskCounts> task_counts() = 0;
};

// "host/1234": this process, told from all others that work on the archive.
[[nodiscard]] std::string process_name();

}  // namespace custos::store
