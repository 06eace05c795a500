#include "pipeline/rebuild.h"

#include <fmt/format.h>

#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "base/bounded_queue.h"
#include "pipeline/failure.h"
#include "pipeline/reorder_buffer.h"
#include "pipeline/worker.h"

namespace custos::pipeline {
namespace {

constexpr size_t kBatchMessages = 128;
constexpr uint64_t kBatchBytes = 1 << 20;
constexpr size_t kBatchesAhead = 8;

struct OriginalBatch {
  uint64_t sequence = 0;
  std::vector<store::StoredOriginal> originals;
};

struct RebuiltRecord {
  store::MessageKey key{};
  document::Record record;
};
using RebuiltBatch = std::vector<RebuiltRecord>;

class RebuildRun {
 public:
  RebuildRun(store::Archive& archive, const stage::Stages& stages, std::stop_token stop)
      : archive_(archive), stages_(stages), stop_(std::move(stop)), raw_(kBatchesAhead), rebuilt_(kBatchesAhead) {}

  Result<RebuildReport> execute(uint32_t workers, const RebuildProgress& on_progress);

 private:
  void read();
  [[nodiscard]] Status push(OriginalBatch& batch);
  void work();
  [[nodiscard]] Result<RebuiltBatch> process(OriginalBatch batch, stage::Desk& desk) const;
  [[nodiscard]] Status write(const RebuildProgress& on_progress);
  void fail(Error error);

  store::Archive& archive_;
  const stage::Stages& stages_;
  std::stop_token stop_;
  BoundedQueue<OriginalBatch> raw_;
  ReorderBuffer<RebuiltBatch> rebuilt_;
  Failure failure_;
  uint64_t sequence_ = 0;
  std::mutex report_mutex_;
  RebuildReport report_;
};

void RebuildRun::fail(Error error) {
  failure_.set(std::move(error));
  raw_.abort();
  rebuilt_.close();
}

Status RebuildRun::push(OriginalBatch& batch) {
  batch.sequence = sequence_++;
  if (!raw_.push(std::exchange(batch, {}))) return Error{Code::kCancelled, "stopped"};
  return {};
}

void RebuildRun::read() {
  OriginalBatch batch;
  uint64_t bytes = 0;
  Status all = archive_.for_each_original([&](store::StoredOriginal original) -> Status {
    if (stop_.stop_requested()) {
      return Error{Code::kCancelled, "stopped; the archive is as it was, run the same command to begin anew"};
    }
    bytes += original.document.bytes.size();
    batch.originals.push_back(std::move(original));
    if (batch.originals.size() < kBatchMessages && bytes < kBatchBytes) return {};
    bytes = 0;
    return push(batch);
  });
  if (all.ok() && !batch.originals.empty()) all = push(batch);
  if (!all.ok()) fail(all.error());
  rebuilt_.finish(sequence_);
  raw_.close();
}

Result<RebuiltBatch> RebuildRun::process(OriginalBatch batch, stage::Desk& desk) const {
  RebuiltBatch done;
  done.reserve(batch.originals.size());
  for (store::StoredOriginal& original : batch.originals) {
    auto draft = stages_.read(original.document, desk);
    if (!draft.ok()) {
      return Error{Code::kCorrupt, fmt::format("message {} cannot be read from its original any more: {}", original.id,
                                               draft.error().message)};
    }
    stages_.complete(*draft, desk);
    draft->record.id = original.id;
    done.push_back({original.key, std::move(draft->record)});
  }
  return done;
}

void RebuildRun::work() {
  auto desk = stages_.open_desk();
  if (!desk.ok()) return fail(desk.error());
  while (auto batch = raw_.pop()) {
    const uint64_t sequence = batch->sequence;
    auto done = process(std::move(*batch), **desk);
    if (!done.ok()) return fail(done.error());
    if (!rebuilt_.put(sequence, std::move(*done))) break;
  }
  const std::scoped_lock lock(report_mutex_);
  report_.times += (*desk)->times;
}

Status RebuildRun::write(const RebuildProgress& on_progress) {
  ASSIGN_OR_RETURN(const store::ArchiveStatus status, archive_.status());
  ASSIGN_OR_RETURN(const auto target, archive_.begin_rebuild({stages_.versions()}));
  while (auto batch = rebuilt_.take()) {
    for (RebuiltRecord& rebuilt : *batch) RETURN_IF_ERROR(target->add(rebuilt.key, rebuilt.record));
    report_.messages += batch->size();
    if (on_progress) on_progress(report_.messages, status.stored);
  }
  if (const auto error = failure_.get()) return *error;
  return target->finish();
}

Result<RebuildReport> RebuildRun::execute(uint32_t workers, const RebuildProgress& on_progress) {
  {
    std::vector<std::jthread> threads;
    threads.emplace_back([this] { read(); });
    for (uint32_t i = 0; i < worker_count(workers); ++i) threads.emplace_back([this] { work(); });
    if (Status written = write(on_progress); !written.ok()) fail(written.error());
  }
  if (const auto error = failure_.get()) return *error;
  return std::move(report_);
}

}  // namespace

Result<RebuildReport> rebuild(store::Archive& archive, const stage::Stages& stages, uint32_t workers,
                              const RebuildProgress& on_progress, std::stop_token stop) {
  return RebuildRun(archive, stages, std::move(stop)).execute(workers, on_progress);
}

}  // namespace custos::pipeline
