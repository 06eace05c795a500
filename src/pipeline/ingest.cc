#include "pipeline/ingest.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "base/bounded_queue.h"
#include "pipeline/batch.h"
#include "pipeline/claims.h"
#include "pipeline/failure.h"
#include "pipeline/reorder_buffer.h"
#include "pipeline/worker.h"
#include "pipeline/writer.h"

namespace custos::pipeline {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// The threads of one run and what connects them.
class Run {
 public:
  Run(IngestTarget target, source::Source& source, const store::BlockSealer& sealer, const IngestOptions& options,
      Failure& failure, std::stop_token stop)
      : target_(target),
        source_(source),
        sealer_(sealer),
        options_(options),
        failure_(failure),
        stop_(std::move(stop)),
        raw_(options.batches_ahead),
        processed_(options.batches_ahead) {}

  Result<IngestReport> execute(Writer& writer, Claims& claims, const ProgressCallback& on_progress);

 private:
  void read();
  // Nothing where the source is at its end, was stopped or failed.
  [[nodiscard]] RawBatch read_batch(bool& more);
  void work(Claims& claims);
  [[nodiscard]] Result<std::unique_ptr<Worker>> open_worker(Claims& claims) const;
  // Stopped: neither this batch nor a later one is written.
  void drop_from(uint64_t sequence);
  void add_times(const Worker& worker);
  void write(Writer& writer, const ProgressCallback& on_progress);
  void fail(Error error);

  IngestTarget target_;
  source::Source& source_;
  const store::BlockSealer& sealer_;
  const IngestOptions& options_;
  Failure& failure_;
  std::stop_token stop_;
  BoundedQueue<RawBatch> raw_;
  ReorderBuffer<ProcessedBatch> processed_;
  uint64_t documents_ = 0;
  std::atomic<bool> stopped_{false};
  std::mutex report_mutex_;
  IngestReport report_;
};

void Run::fail(Error error) {
  failure_.set(std::move(error));
  raw_.abort();
  processed_.close();
}

RawBatch Run::read_batch(bool& more) {
  RawBatch batch;
  batch.first_document = documents_;
  uint64_t bytes = 0;
  const uint64_t bytes_max =
      target_.embedding == nullptr ? options_.batch_bytes : std::min(options_.batch_bytes, kEmbeddedBatchBytesMax);
  while (batch.items.size() < options_.batch_documents && bytes < bytes_max) {
    if (stop_.stop_requested() || failure_.get()) {
      more = false;
      break;
    }
    auto item = source_.next();
    if (!item.ok()) fail(item.error());
    if (!item.ok() || !item->has_value()) {
      more = false;
      break;
    }
    if (const auto* raw = std::get_if<document::RawDocument>(&(*item)->what)) bytes += raw->bytes.size();
    batch.is_pause = (*item)->is_pause;
    if (!(*item)->file.empty()) batch.items.push_back(std::move(**item));
    if (batch.is_pause) break;
  }
  documents_ += batch.items.size();
  batch.source = source_.progress();
  return batch;
}

void Run::read() {
  uint64_t sequence = 0;
  bool more = true;
  bool is_pending = false;  // something was handed on since the last pause
  Clock::time_point next_pause;
  while (more) {
    const auto start = Clock::now();
    RawBatch batch = read_batch(more);
    report_.read_seconds += seconds_since(start);
    // One that comes too early is not needed: while nothing comes, the source asks again.
    batch.is_pause = batch.is_pause && Clock::now() >= next_pause;
    if (batch.items.empty() && !(batch.is_pause && is_pending)) continue;
    is_pending = !batch.is_pause;
    if (batch.is_pause) next_pause = Clock::now() + std::chrono::milliseconds(options_.pause_ms);
    batch.sequence = sequence++;
    if (!raw_.push(std::move(batch))) break;
  }
  if (stop_.stop_requested()) stopped_ = true;
  processed_.finish(sequence);
  raw_.close();
}

Result<std::unique_ptr<Worker>> Run::open_worker(Claims& claims) const {
  ASSIGN_OR_RETURN(auto desk, target_.stages.open_desk());
  std::unique_ptr<stage::Embedder> embedder;
  if (target_.embedding != nullptr) {
    ASSIGN_OR_RETURN(embedder, target_.embedding->open_embedder());
  }
  return std::make_unique<Worker>(target_.archive, target_.stages, sealer_, claims, std::move(desk),
                                  std::move(embedder), options_.null_stages);
}

void Run::work(Claims& claims) {
  const auto worker = open_worker(claims);
  if (!worker.ok()) return fail(worker.error());
  while (auto batch = raw_.pop()) {
    const uint64_t sequence = batch->sequence;
    if (target_.embedding != nullptr && stop_.stop_requested()) {
      drop_from(sequence);
      break;
    }
    auto done = (*worker)->process(std::move(*batch), stop_);
    if (!done.ok()) {
      done.error().code == Code::kCancelled ? drop_from(sequence) : fail(done.error());
      break;
    }
    if (!processed_.put(sequence, std::move(*done))) break;
  }
  add_times(**worker);
}

void Run::drop_from(uint64_t sequence) {
  stopped_ = true;
  processed_.finish(sequence);
  raw_.abort();
}

void Run::add_times(const Worker& worker) {
  const std::scoped_lock lock(report_mutex_);
  report_.times += worker.times();
  report_.seal_seconds += worker.seal_seconds();
  if (worker.embedder() == nullptr) return;
  report_.embed_seconds += worker.embed_seconds();
  report_.embed_bytes += worker.embedder()->bytes();
  report_.embedded += worker.embedder()->embedded();
}

void Run::write(Writer& writer, const ProgressCallback& on_progress) {
  while (auto batch = processed_.take()) {
    if (Status added = writer.add(std::move(*batch)); !added.ok()) return fail(added.error());
    if (on_progress) on_progress(writer.counts());
  }
  // Whoever holds a batch that is not wanted any more shall not wait for room.
  processed_.close();
  if (failure_.get()) return fail(*failure_.get());
  if (Status finished = writer.finish(); !finished.ok()) fail(finished.error());
}

Result<IngestReport> Run::execute(Writer& writer, Claims& claims, const ProgressCallback& on_progress) {
  {
    std::vector<std::jthread> threads;
    threads.emplace_back([this] { read(); });
    for (uint32_t i = 0; i < worker_count(options_.workers); ++i)
      threads.emplace_back([this, &claims] { work(claims); });
    write(writer, on_progress);
  }
  if (const auto error = failure_.get()) return *error;
  writer.counts().source = source_.progress();
  report_.counts = writer.counts();
  report_.stopped = stopped_;
  report_.write_seconds = writer.seconds();
  report_.merged = writer.merges().segments;
  report_.merge_seconds = writer.merges().seconds;
  report_.merge_fault = writer.merges().fault;
  return std::move(report_);
}

// The same SOURCE has the same name in each run; what comes on stdin is another one each time.
std::string canonical_name(const std::filesystem::path& path) {
  if (path.string().find("://") != std::string::npos) return path.string();
  if (path == "-") {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return fmt::format("stdin:{}", std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
  }
  std::error_code failure;
  const auto canonical = std::filesystem::weakly_canonical(path, failure);
  std::string name = (failure ? path : canonical).string();
  while (name.size() > 1 && name.back() == '/') name.pop_back();
  return name;
}

// What earlier runs committed, as the source wants it. A catalog that cannot be read, and a lease that cannot be had,
// end the run.
source::FileLookup lookup_in(const IngestTarget& target, store::SourceId id, FileLeases& leases, Failure& failure) {
  return [&target, id, &leases, &failure](const std::string& file) -> std::optional<source::FileState> {
    if (target.claim) {
      auto lease = target.claim(id, file);
      if (!lease.ok()) failure.set(lease.error());
      if (!lease.ok()) return std::nullopt;
      if (lease->has_value()) leases.set(file, **lease);
    }
    const auto progress = target.archive.file_progress(id, file);
    if (!progress.ok()) failure.set(progress.error());
    if (!progress.ok() || !progress->has_value()) return std::nullopt;
    const store::FileProgress& known = **progress;
    return source::FileState{known.size,   known.modified_ns, known.head_bytes, known.head_hash,
                             known.resume, known.generation,  known.complete};
  };
}

}  // namespace

Result<IngestReport> ingest(IngestTarget target, const std::filesystem::path& source_path,
                            const source::SourceOptions& source_options, const IngestOptions& options,
                            const ProgressCallback& on_progress, std::stop_token stop) {
  const OpenSource open = [&](source::FileLookup lookup) {
    return source::open_source(source_path, source_options, std::move(lookup));
  };
  return ingest(target, canonical_name(source_path), open, options, on_progress, std::move(stop));
}

Result<IngestReport> ingest(IngestTarget target, const std::string& name, const OpenSource& open,
                            const IngestOptions& options, const ProgressCallback& on_progress, std::stop_token stop) {
  ASSIGN_OR_RETURN(const store::SourceId id, target.archive.register_source(name));
  Failure failure;
  FileLeases leases;
  ASSIGN_OR_RETURN(const auto source, open(lookup_in(target, id, leases, failure)));
  ASSIGN_OR_RETURN(const store::BlockSealer sealer, target.archive.sealer());
  Claims claims;
  Writer writer(target, *source, id, name, options, claims, leases, stop);
  Run run(target, *source, sealer, options, failure, std::move(stop));
  return run.execute(writer, claims, on_progress);
}

}  // namespace custos::pipeline
