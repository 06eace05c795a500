// custos ingest.
#include "pipeline/ingest.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "app/commands.h"
#include "app/progress.h"
#include "app/workshop.h"
#include "base/json_writer.h"
#include "sink/sink.h"

namespace custos::app {
namespace {

std::string progress_note(const pipeline::IngestProgress& counts) {
  std::string note = fmt::format("{} duplicates", grouped(counts.duplicates));
  if (counts.failed != 0) note += fmt::format(", {} failed", grouped(counts.failed));
  return note;
}

ProgressSample sample_of(const pipeline::IngestProgress& counts) {
  double done = -1;
  if (counts.source.bytes_total != 0) {
    done = static_cast<double>(counts.source.bytes_read) / static_cast<double>(counts.source.bytes_total);
  }
  return {"ingest", counts.found, counts.bytes, done, progress_note(counts)};
}

std::string ingest_json(const std::string& source, const pipeline::IngestReport& report, double seconds) {
  const pipeline::IngestProgress& counts = report.counts;
  JsonWriter w;
  w.begin_object().key("source").value(source).key("found").value(counts.found).key("stored").value(counts.stored);
  w.key("duplicates").value(counts.duplicates).key("failed").value(counts.failed);
  w.key("skipped").value(counts.skipped).key("bytes").value(counts.bytes).key("entities").value(counts.entities);
  w.key("commits").value(counts.commits).key("files_unchanged").value(counts.source.files_unchanged);
  w.key("embedded").value(report.embedded).key("merged").value(report.merged);
  w.key("stopped").value(report.stopped).key("seconds").value(seconds).end_object();
  return w.take();
}

void print_summary(const std::string& source, const pipeline::IngestReport& report, double seconds) {
  const pipeline::IngestProgress& counts = report.counts;
  if (counts.found == 0 && counts.skipped == 0 && report.stopped) {
    fmt::print("{}: stopped before the first messages were done; what was embedded is kept for the next run\n", source);
    return;
  }
  if (counts.found == 0 && counts.skipped == 0) {
    fmt::print("{}: nothing new; {} files are as they were when they were read\n", source,
               grouped(counts.source.files_unchanged));
    return;
  }
  fmt::print("{}: {} messages found ({}): {} stored, {} duplicates, {} failed; {} other spans skipped\n", source,
             grouped(counts.found), human_bytes(counts.bytes), grouped(counts.stored), grouped(counts.duplicates),
             grouped(counts.failed), grouped(counts.skipped));
  fmt::print("  {} pieces of personal data masked; {} in {} commits, {:.0f} messages/s, {:.1f} MB/s\n",
             grouped(counts.entities), human_seconds(seconds), counts.commits,
             static_cast<double>(counts.found) / seconds, static_cast<double>(counts.bytes) / 1e6 / seconds);
  if (report.stopped) fmt::print("  stopped before the end: the same command goes on where this one stopped\n");
}

void print_profile(const pipeline::IngestReport& report) {
  fmt::print(stderr, "{:<12} {:>9} {:>10} {:>9}\n", "stage", "seconds", "MB", "MB/s");
  const auto row = [](std::string_view name, double seconds, double bytes) {
    fmt::print(stderr, "{:<12} {:>9.3f} {:>10.1f} {:>9.1f}\n", name, seconds, bytes / 1e6,
               seconds > 0 ? bytes / 1e6 / seconds : 0.0);
  };
  const auto bytes = static_cast<double>(report.counts.bytes);
  row("read", report.read_seconds, bytes);
  for (size_t i = 0; i < stage::kStepCount; ++i) {
    row(stage::step_name(static_cast<stage::Step>(i)), static_cast<double>(report.times.nanoseconds[i]) / 1e9,
        static_cast<double>(report.times.bytes[i]));
  }
  row("embed", report.embed_seconds, static_cast<double>(report.embed_bytes));
  row("seal", report.seal_seconds, bytes);
  row("write", report.write_seconds, bytes);
  row("merge", report.merge_seconds, 0);
  if (report.embed_seconds > 0) {
    fmt::print(stderr, "{} texts embedded, {:.1f}/s for each worker\n", grouped(report.embedded),
               static_cast<double>(report.embedded) / report.embed_seconds);
  }
}

Result<pipeline::IngestReport> ingest_source(const CommonOptions& common, const IngestCommand& command, Workshop& shop,
                                             const std::string& source, const std::stop_token& stop) {
  const auto start = std::chrono::steady_clock::now();
  Progress progress(common.quiet);
  auto done = pipeline::ingest(
      {*shop.archive, *shop.stages.stages, shop.sinks, shop.embedding.get(), shop.vectors.get(), {}}, source,
      shop.config.source, shop.config.pipeline,
      [&](const pipeline::IngestProgress& counts) { progress.show(sample_of(counts)); }, stop);
  progress.finish();
  if (!done.ok()) return done.error();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (common.json) {
    fmt::print("{}\n", ingest_json(source, *done, seconds));
  } else {
    print_summary(source, *done, seconds);
  }
  if (command.profile) print_profile(*done);
  if (!done->merge_fault.empty()) {
    fmt::print(stderr, "custos: small segments stay as they are, merging failed: {}\n", done->merge_fault);
  }
  return done;
}

// Where a model is at work, or was, messages without vectors are found by word only: that must not go unsaid.
Status note_missing_vectors(const Workshop& shop) {
  ASSIGN_OR_RETURN(const store::ArchiveStatus status, shop.archive->status());
  if (status.vectors >= status.chunks || (shop.embedding == nullptr && status.vectors == 0)) return {};
  fmt::print(stderr, "note: {} of {} passages have no vector: custos rebuild {} --embeddings makes them\n",
             grouped(status.chunks - status.vectors), grouped(status.chunks), shop.archive->folder().string());
  return {};
}

}  // namespace

int run_ingest(const CommonOptions& common, const IngestCommand& command, std::stop_token stop) {
  auto shop = open_workshop(common, {.archive = command.archive,
                                     .format = command.format,
                                     .sinks = command.sinks,
                                     .workers = command.workers,
                                     .no_embed = command.no_embed,
                                     .make_archive = true});
  if (!shop.ok()) return report(shop.error());
  bool some_failed = false;
  for (const std::string& source : command.sources) {
    const auto done = ingest_source(common, command, *shop, source, stop);
    if (!done.ok()) return report(done.error());
    some_failed |= done->counts.failed != 0;
    if (done->stopped) return kExitFailed;
  }
  for (const auto& sink : shop->sinks) {
    if (const Status finished = sink->finish(); !finished.ok()) return report(finished.error());
    if (sink->rows() == 0) {
      fmt::print(stderr, "note: nothing new for {}; custos export copies what the archive has\n", sink->spec());
    }
  }
  if (const Status noted = note_missing_vectors(*shop); !noted.ok()) return report(noted.error());
  if (some_failed) fmt::print(stderr, "some documents failed: custos status shows why\n");
  return some_failed ? kExitSomeFailed : kExitDone;
}

}  // namespace custos::app
