#include "pipeline/rebuild.h"

#include <fmt/format.h>

#include <chrono>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "base/bounded_queue.h"
#include "pipeline/failure.h"
#include "pipeline/ingest.h"
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

Error stopped() { return {Code::kCancelled, "stopped; the archive is as it was, run the same command to begin anew"}; }

// Makes new vectors durable, so that a stopped or killed run has not embedded in vain.
class FlushNowAndThen {
 public:
  explicit FlushNowAndThen(const Embedding* embedding) : embedding_(embedding) {}
  [[nodiscard]] Status tick() { return Clock::now() - last_ < kPause ? Status() : now(); }
  [[nodiscard]] Status now() {
    last_ = Clock::now();
    return embedding_ == nullptr ? Status() : embedding_->flush();
  }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::seconds kPause{10};
  const Embedding* embedding_;
  Clock::time_point last_ = Clock::now();
};

class RebuildRun {
 public:
  RebuildRun(store::Archive& archive, const stage::Stages& stages, const Embedding* embedding,
             const RebuildOptions& options, std::stop_token stop)
      : archive_(archive),
        stages_(stages),
        embedding_(embedding),
        options_(options),
        stop_(std::move(stop)),
        raw_(kBatchesAhead),
        rebuilt_(kBatchesAhead) {}

  Result<RebuildReport> execute(const RebuildProgress& on_progress);

 private:
  void read();
  [[nodiscard]] Status push(OriginalBatch& batch);
  void work();
  // What one thread works with; the embedder may be null.
  struct Bench {
    std::unique_ptr<stage::Desk> desk;
    std::unique_ptr<stage::Embedder> embedder;
  };
  [[nodiscard]] Result<Bench> open_bench() const;
  [[nodiscard]] Result<RebuiltBatch> process(OriginalBatch batch, Bench& bench) const;
  [[nodiscard]] Status embed(RebuiltBatch& batch, Bench& bench) const;
  [[nodiscard]] Result<std::unique_ptr<store::Rebuild>> open_target() const;
  [[nodiscard]] Status write(const RebuildProgress& on_progress);
  void fail(Error error);

  store::Archive& archive_;
  const stage::Stages& stages_;
  const Embedding* embedding_;
  RebuildOptions options_;
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
  const uint64_t bytes_max = embedding_ == nullptr ? kBatchBytes : kEmbeddedBatchBytesMax;
  Status all = archive_.for_each_original([&](store::StoredOriginal original) -> Status {
    if (stop_.stop_requested()) {
      return stopped();
    }
    bytes += original.document.bytes.size();
    batch.originals.push_back(std::move(original));
    if (batch.originals.size() < kBatchMessages && bytes < bytes_max) return {};
    bytes = 0;
    return push(batch);
  });
  if (all.ok() && !batch.originals.empty()) all = push(batch);
  if (!all.ok()) fail(all.error());
  rebuilt_.finish(sequence_);
  raw_.close();
}

Result<RebuildRun::Bench> RebuildRun::open_bench() const {
  Bench bench;
  ASSIGN_OR_RETURN(bench.desk, stages_.open_desk());
  if (embedding_ != nullptr) {
    ASSIGN_OR_RETURN(bench.embedder, embedding_->open_embedder());
  }
  return bench;
}

Status RebuildRun::embed(RebuiltBatch& batch, Bench& bench) const {
  if (!bench.embedder) return {};
  std::vector<document::Record*> records;
  records.reserve(batch.size());
  for (RebuiltRecord& rebuilt : batch) records.push_back(&rebuilt.record);
  const Status done = bench.embedder->embed(records, stop_);
  if (!done.ok() && done.error().code == Code::kCancelled) return stopped();
  return done;
}

Result<RebuiltBatch> RebuildRun::process(OriginalBatch batch, Bench& bench) const {
  stage::Desk& desk = *bench.desk;
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
  RETURN_IF_ERROR(embed(done, bench));
  return done;
}

void RebuildRun::work() {
  auto bench = open_bench();
  if (!bench.ok()) return fail(bench.error());
  while (auto batch = raw_.pop()) {
    const uint64_t sequence = batch->sequence;
    auto done = process(std::move(*batch), *bench);
    if (!done.ok()) return fail(done.error());
    if (!rebuilt_.put(sequence, std::move(*done))) break;
  }
  const std::scoped_lock lock(report_mutex_);
  report_.times += bench->desk->times;
  if (bench->embedder) report_.embedded += bench->embedder->embedded();
}

Result<std::unique_ptr<store::Rebuild>> RebuildRun::open_target() const {
  store::PublicationOptions options{.versions = stages_.versions(),
                                    .index_subject = options_.index_subject,
                                    .embedding_model = {},
                                    .embedding_width = 0};
  if (embedding_ != nullptr) {
    options.embedding_model = embedding_->model();
    options.embedding_width = embedding_->width();
    options.versions.push_back(embedding_->stage_version());
  }
  return archive_.begin_rebuild(options);
}

Status RebuildRun::write(const RebuildProgress& on_progress) {
  ASSIGN_OR_RETURN(const store::ArchiveStatus status, archive_.status());
  ASSIGN_OR_RETURN(const auto target, open_target());
  FlushNowAndThen flush(embedding_);
  while (auto batch = rebuilt_.take()) {
    for (RebuiltRecord& rebuilt : *batch) RETURN_IF_ERROR(target->add(rebuilt.key, rebuilt.record));
    report_.messages += batch->size();
    RETURN_IF_ERROR(flush.tick());
    if (on_progress) on_progress(report_.messages, status.stored);
  }
  RETURN_IF_ERROR(flush.now());
  if (const auto error = failure_.get()) return *error;
  return target->finish();
}

Result<RebuildReport> RebuildRun::execute(const RebuildProgress& on_progress) {
  {
    std::vector<std::jthread> threads;
    threads.emplace_back([this] { read(); });
    for (uint32_t i = 0; i < worker_count(options_.workers); ++i) threads.emplace_back([this] { work(); });
    if (Status written = write(on_progress); !written.ok()) fail(written.error());
  }
  if (const auto error = failure_.get()) return *error;
  return std::move(report_);
}

}  // namespace

Result<RebuildReport> rebuild(store::Archive& archive, const stage::Stages& stages, const Embedding* embedding,
                              const RebuildOptions& options, const RebuildProgress& on_progress, std::stop_token stop) {
  return RebuildRun(archive, stages, embedding, options, std::move(stop)).execute(on_progress);
}

Result<RebuildReport> reindex(store::Archive& archive, const ReindexParts& parts, uint32_t workers,
                              const RebuildProgress& on_progress, const std::stop_token& stop) {
  RebuildReport report;
  FlushNowAndThen flush(parts.embedding);
  store::ReindexOptions options{.postings = parts.postings, .index_subject = parts.index_subject};
  std::optional<ParallelEmbedder> embedders;
  if (parts.embedding != nullptr) {
    ASSIGN_OR_RETURN(embedders, ParallelEmbedder::open(*parts.embedding, worker_count(workers)));
    options.embedding_model = parts.embedding->model();
    options.width = parts.embedding->width();
    options.versions = {parts.embedding->stage_version()};
    options.embed = [&](std::span<document::Record* const> records) -> Status {
      RETURN_IF_ERROR(embedders->embed(records, stop));
      return flush.tick();
    };
  }
  const Status done = archive.reindex(options, [&](const store::ReindexProgress& progress) -> Status {
    report.kept = progress.messages_kept;
    if (on_progress) on_progress(progress.messages, progress.messages_total);
    return stop.stop_requested() ? Error{Code::kCancelled, "stopped"} : Status();
  });
  // Also what a stopped run has embedded.
  RETURN_IF_ERROR(flush.now());
  if (!done.ok() && done.error().code == Code::kCancelled) {
    return Error{Code::kCancelled, "stopped; what was searchable still is, run the same command to go on"};
  }
  RETURN_IF_ERROR(done);
  ASSIGN_OR_RETURN(const store::ArchiveStatus status, archive.status());
  report.messages = status.stored;
  if (embedders) report.embedded = embedders->embedded();
  return report;
}

}  // namespace custos::pipeline
