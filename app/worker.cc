// custos enqueue, custos worker.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <system_error>
#include <thread>
#include <utility>

#include "app/commands.h"
#include "app/lease_keeper.h"
#include "app/progress.h"
#include "app/workshop.h"
#include "base/json_writer.h"

namespace custos::app {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLookEvery(500);
constexpr milliseconds kWaitMax(20'000);  // between two attempts, while a server is away
constexpr uint32_t kAttemptsMax = 60;     // of one after the other without any success
constexpr uint32_t kGiveBacksMax = 10;    // of one task in a row, until that counts as an attempt

// As pipeline::ingest names it.
std::string source_name(const std::string& given) {
  if (given.find("://") != std::string::npos) return given;
  std::error_code failure;
  const auto canonical = std::filesystem::weakly_canonical(given, failure);
  std::string name = (failure ? std::filesystem::path(given) : canonical).string();
  while (name.size() > 1 && name.back() == '/') name.pop_back();
  return name;
}

Result<Workshop> open_shop(const CommonOptions& common, const WorkerCommand& command) {
  ASSIGN_OR_RETURN(Workshop shop, open_workshop(common, {.archive = command.archive,
                                                         .format = "auto",
                                                         .sinks = {},
                                                         .workers = command.workers,
                                                         .no_embed = command.no_embed}));
  if (shop.archive->is_shared()) return shop;
  return Error{Code::kInvalidArgument,
               fmt::format("{} is an archive for one writer: use custos ingest, or make one with custos init --catalog "
                           "--storage",
                           command.archive.string())};
}

bool stays_wrong(const Error& error) {
  return error.code == Code::kInvalidArgument || error.code == Code::kUnsupported || error.code == Code::kUntrusted;
}

// A server that is away, or another worker that was faster: the archive is opened anew before anything else.
bool is_passing(const Error& error) { return error.code == Code::kIo || error.code == Code::kConflict; }

struct Totals {
  uint64_t tasks = 0;
  uint64_t found = 0;
  uint64_t stored = 0;
  uint64_t duplicates = 0;
  uint64_t failed = 0;
  uint64_t failures = 0;  // of tasks, each of their attempts
  uint64_t retries = 0;   // work that was dropped: a server went away, or another worker came first

  void add(const pipeline::IngestProgress& counts) {
    found += counts.found;
    stored += counts.stored;
    duplicates += counts.duplicates;
    failed += counts.failed;
  }
};

// One process of `custos worker`. What fails is tried again with everything opened anew: nothing but what is committed
// counts.
class WorkerRun {
 public:
  WorkerRun(const CommonOptions& common, const WorkerCommand& command, std::stop_token stop)
      : common_(common), command_(command), stop_(std::move(stop)), owner_(store::process_name()) {}

  Status run();
  [[nodiscard]] const Totals& totals() const { return totals_; }

 private:
  // Until there is nothing to do, or an error.
  Status work();
  Status do_tasks(Workshop& shop, store::WorkQueue& queue, LeaseKeeper& leases);
  Result<bool> do_task(Workshop& shop, store::WorkQueue& queue, LeaseKeeper& leases);
  Status read_stream(Workshop& shop, store::WorkQueue& queue, LeaseKeeper& leases, const std::string& source);
  Result<pipeline::IngestReport> ingest(Workshop& shop, const std::string& source, const source::SourceOptions& options,
                                        const pipeline::ClaimFile& claim);
  // A server that is away is not the task's fault, unless it is each time this task's turn.
  store::TaskEnd end_of(int64_t task, const Result<pipeline::IngestReport>& done);
  void wait(milliseconds time);

  const CommonOptions& common_;
  const WorkerCommand& command_;
  const std::stop_token stop_;
  const std::string owner_;
  Totals totals_;
  uint32_t failures_ = 0;   // since the last success
  int64_t given_back_ = 0;  // the task that was given back last, and how often in a row
  uint32_t give_backs_ = 0;
  bool is_done_ = false;
};

store::TaskEnd WorkerRun::end_of(int64_t task, const Result<pipeline::IngestReport>& done) {
  if (done.ok()) return store::TaskEnd::kDone;
  if (done.error().code != Code::kIo) return store::TaskEnd::kFailed;
  give_backs_ = given_back_ == task ? give_backs_ + 1 : 1;
  given_back_ = task;
  return give_backs_ % kGiveBacksMax == 0 ? store::TaskEnd::kFailed : store::TaskEnd::kGivenBack;
}

void WorkerRun::wait(milliseconds time) {
  const auto until = std::chrono::steady_clock::now() + time;
  while (!stop_.stop_requested() && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(std::min(time, milliseconds(50)));
  }
}

Status WorkerRun::run() {
  std::mt19937 random(std::random_device{}());
  while (!stop_.stop_requested() && !is_done_) {
    const Status worked = work();
    if (worked.ok() || stop_.stop_requested()) continue;
    // What is wrong with how we were called stays wrong.
    if (stays_wrong(worked.error())) return worked;
    if (++failures_ > kAttemptsMax) return worked;
    ++totals_.retries;
    if (!common_.quiet) fmt::print(stderr, "custos: {}; trying again\n", worked.error().message);
    const milliseconds most = std::min<milliseconds>(milliseconds(100) * (1U << std::min(failures_, 10U)), kWaitMax);
    wait(milliseconds(std::uniform_int_distribution<int64_t>(0, most.count())(random)));
  }
  return {};
}

Status WorkerRun::work() {
  ASSIGN_OR_RETURN(Workshop shop, open_shop(common_, command_));
  ASSIGN_OR_RETURN(const auto queue, shop.archive->open_work_queue());
  LeaseKeeper leases(*queue);
  if (command_.source.empty()) return do_tasks(shop, *queue, leases);
  RETURN_IF_ERROR(read_stream(shop, *queue, leases, command_.source));
  is_done_ = true;
  return {};
}

Status WorkerRun::do_tasks(Workshop& shop, store::WorkQueue& queue, LeaseKeeper& leases) {
  while (!stop_.stop_requested()) {
    ASSIGN_OR_RETURN(const bool did, do_task(shop, queue, leases));
    if (did) continue;
    if (command_.until_done) {
      ASSIGN_OR_RETURN(const store::TaskCounts counts, queue.task_counts());
      is_done_ = counts.waiting == 0 && counts.taken == 0;
      if (is_done_) return {};
    }
    wait(kLookEvery);
  }
  return {};
}

Result<pipeline::IngestReport> WorkerRun::ingest(Workshop& shop, const std::string& source,
                                                 const source::SourceOptions& options,
                                                 const pipeline::ClaimFile& claim) {
  Progress progress(common_.quiet);
  pipeline::IngestTarget target{*shop.archive,        *shop.stages.stages, shop.sinks,
                                shop.embedding.get(), shop.vectors.get(),  claim};
  const auto show = [&](const pipeline::IngestProgress& counts) {
    if (counts.commits > 0) failures_ = 0;
    progress.show({"worker", totals_.found + counts.found, counts.bytes, -1, fmt::format("{} tasks", totals_.tasks)});
  };
  auto done = pipeline::ingest(target, source, options, shop.config.pipeline, show, stop_);
  progress.finish();
  return done;
}

Result<bool> WorkerRun::do_task(Workshop& shop, store::WorkQueue& queue, LeaseKeeper& leases) {
  ASSIGN_OR_RETURN(const std::optional<store::TakenTask> taken, queue.take_task(owner_, kLeaseSeconds));
  if (!taken) return false;
  leases.hold(taken->lease);
  ASSIGN_OR_RETURN(const std::string source, queue.source_name(taken->task.source));
  source::SourceOptions options = shop.config.source;
  options.poll_seconds = 0;
  options.range_first = taken->task.files.front();
  options.range_last = taken->task.files.back();
  const auto claim = [&](store::SourceId, const std::string&) -> Result<std::optional<store::Lease>> {
    return std::optional(taken->lease);
  };
  const auto done = ingest(shop, source, options, claim);
  leases.drop(taken->lease.name);
  if (done.ok() && done->stopped) {
    RETURN_IF_ERROR(queue.finish_task(*taken, store::TaskEnd::kGivenBack, "the worker was stopped"));
    return true;
  }
  RETURN_IF_ERROR(queue.finish_task(*taken, end_of(taken->task.id, done), done.ok() ? "" : done.error().message));
  if (!done.ok()) {
    if (is_passing(done.error())) return done.error();
    ++totals_.failures;
    if (!common_.quiet) {
      fmt::print(stderr, "custos: the task of {} from {}: {}\n", source, taken->task.files.front(),
                 done.error().message);
    }
    return true;
  }
  failures_ = 0;
  ++totals_.tasks;
  totals_.add(done->counts);
  return true;
}

// Whom the source gives a partition to takes its lease, whoever had it.
Status WorkerRun::read_stream(Workshop& shop, store::WorkQueue& queue, LeaseKeeper& leases, const std::string& source) {
  const auto claim = [&](store::SourceId id, const std::string& file) -> Result<std::optional<store::Lease>> {
    const size_t inner = file.find('@');  // a file that a message of the partition names
    const std::string name = fmt::format("file/{}/{}", static_cast<int64_t>(id), file.substr(0, inner));
    if (inner != std::string::npos) {
      if (auto held = leases.held(name)) return held;
    }
    ASSIGN_OR_RETURN(store::Lease lease, queue.take_lease(name, owner_, kLeaseSeconds));
    leases.hold(lease);
    return std::optional(std::move(lease));
  };
  ASSIGN_OR_RETURN(const pipeline::IngestReport done, ingest(shop, source, shop.config.source, claim));
  failures_ = 0;
  totals_.add(done.counts);
  return {};
}

std::string totals_json(const Totals& totals) {
  JsonWriter w;
  w.begin_object().key("tasks").value(totals.tasks).key("found").value(totals.found);
  w.key("stored").value(totals.stored).key("duplicates").value(totals.duplicates);
  w.key("failed")
      .value(totals.failed)
      .key("task_failures")
      .value(totals.failures)
      .key("retries")
      .value(totals.retries)
      .end_object();
  return w.take();
}

struct TaskMaker {
  store::WorkQueue& queue;
  const EnqueueCommand& command;
  store::SourceId source{};
  std::vector<std::string> ends;  // the first and the last file of the task that is being made
  uint64_t files = 0;
  uint64_t bytes = 0;
  uint64_t tasks = 0;
  uint64_t known = 0;

  Status add(const source::ListedFile& file) {
    const bool is_full = files >= command.task_files || bytes + file.bytes > command.task_bytes || file.is_part;
    if (is_full) RETURN_IF_ERROR(flush());
    if (ends.empty()) ends = {file.name, file.name};
    ends.back() = file.name;
    ++files;
    bytes += file.bytes;
    return file.is_part ? flush() : Status();
  }
  Status flush() {
    if (ends.empty()) return {};
    ASSIGN_OR_RETURN(const bool is_new, queue.add_task(source, ends, bytes));
    ++(is_new ? tasks : known);
    ends.clear();
    files = bytes = 0;
    return {};
  }
};

Status enqueue(const EnqueueCommand& command, const Config& config, const store::Archive& archive, bool quiet) {
  if (!archive.is_shared()) {
    return Error{Code::kInvalidArgument,
                 "only a shared archive has workers: custos init --catalog --storage makes one"};
  }
  ASSIGN_OR_RETURN(const auto queue, archive.open_work_queue());
  Progress progress(quiet);
  uint64_t files = 0;
  uint64_t listed = 0;  // bytes
  for (const std::string& source : command.sources) {
    TaskMaker maker{.queue = *queue, .command = command, .source = {}, .ends = {}};
    ASSIGN_OR_RETURN(maker.source, queue->register_source(source_name(source)));
    const auto add = [&](const source::ListedFile& file) {
      listed += file.bytes;
      progress.show({"enqueue", ++files, listed, -1, fmt::format("{} tasks", maker.tasks + maker.known), "files"});
      return maker.add(file);
    };
    RETURN_IF_ERROR(source::list_files(source, config.source, command.task_bytes, add));
    RETURN_IF_ERROR(maker.flush());
    progress.finish();
    fmt::print("{}: {} tasks, {} known already\n", source, grouped(maker.tasks), grouped(maker.known));
  }
  return {};
}

}  // namespace

int run_enqueue(const CommonOptions& common, const EnqueueCommand& command) {
  const auto config = load_config(common, command.archive);
  if (!config.ok()) return report(config.error());
  const auto archive = store::Archive::open_for_reading(command.archive, config->archive);
  if (!archive.ok()) return report(archive.error());
  if (const Status done = enqueue(command, *config, **archive, common.quiet); !done.ok()) return report(done.error());
  return kExitDone;
}

int run_worker(const CommonOptions& common, const WorkerCommand& command, std::stop_token stop) {
  WorkerRun worker(common, command, std::move(stop));
  const Status done = worker.run();
  const Totals& totals = worker.totals();
  if (common.json) {
    fmt::print("{}\n", totals_json(totals));
  } else {
    fmt::print("{} tasks: {} messages found, {} stored, {} duplicates, {} failed\n", grouped(totals.tasks),
               grouped(totals.found), grouped(totals.stored), grouped(totals.duplicates), grouped(totals.failed));
  }
  if (!done.ok()) return report(done.error());
  return totals.failed + totals.failures == 0 ? kExitDone : kExitSomeFailed;
}

}  // namespace custos::app
