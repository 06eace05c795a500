// custos verify, custos status.
#include <fmt/format.h>

#include <optional>

#include "app/commands.h"
#include "app/progress.h"
#include "audit/log.h"
#include "base/json_writer.h"

namespace custos::app {
namespace {

// Nothing where the archive has no workers.
Result<std::optional<store::TaskCounts>> count_tasks(const store::Archive& archive) {
  if (!archive.is_shared()) return std::optional<store::TaskCounts>();
  ASSIGN_OR_RETURN(const auto queue, archive.open_work_queue());
  ASSIGN_OR_RETURN(const store::TaskCounts counts, queue->task_counts());
  return std::optional(counts);
}

std::string status_json(const store::ArchiveStatus& status, const std::optional<store::TaskCounts>& tasks) {
  JsonWriter w;
  w.begin_object().key("found").value(status.found).key("stored").value(status.stored);
  w.key("duplicates").value(status.duplicates).key("failed").value(status.failed);
  w.key("skipped").value(status.skipped).key("threads").value(status.threads).key("chunks").value(status.chunks);
  w.key("vectors").value(status.vectors).key("bytes").value(status.bytes).key("segments").value(status.segments);
  if (tasks) {
    w.key("tasks").begin_object().key("waiting").value(tasks->waiting).key("taken").value(tasks->taken);
    w.key("done").value(tasks->done).key("failed").value(tasks->failed).end_object();
  }
  w.end_object();
  return w.take();
}

void print_status(const store::ArchiveStatus& status, const std::vector<store::ReasonCount>& reasons) {
  const auto row = [](const char* name, const std::string& value) { fmt::print("{:<12}{:>16}\n", name, value); };
  row("found", grouped(status.found));
  row("stored", grouped(status.stored));
  row("duplicates", grouped(status.duplicates));
  row("failed", grouped(status.failed));
  row("skipped", grouped(status.skipped));
  row("threads", grouped(status.threads));
  row("chunks", grouped(status.chunks));
  row("vectors", grouped(status.vectors));
  row("bytes", human_bytes(status.bytes));
  row("segments", grouped(status.segments));
  for (const store::ReasonCount& reason : reasons) {
    fmt::print("{} {} × {}\n", reason.failed ? "failed: " : "skipped:", grouped(reason.count), reason.reason);
  }
}

// The audit log belongs to the record too.
void add_audit_check(const std::filesystem::path& folder, store::VerifyReport& report) {
  const auto entries = audit::verify(folder / "audit");
  report.checks.push_back(
      {"the audit log's hashes follow one another", entries.ok() ? *entries : 0, entries.ok() ? 0U : 1U});
  if (!entries.ok()) report.problems.push_back(entries.error().message);
}

std::string verify_json(const store::VerifyReport& report) {
  JsonWriter w;
  w.begin_object().key("ok").value(report.ok()).key("checks").begin_array();
  for (const store::VerifyCheck& check : report.checks) {
    w.begin_object().key("name").value(check.name).key("items").value(check.items);
    w.key("problems").value(check.problems).end_object();
  }
  w.end_array().key("problems").begin_array();
  for (const std::string& problem : report.problems) w.value(problem);
  w.end_array().key("leftovers").begin_array();
  for (const std::string& leftover : report.leftovers) w.value(leftover);
  w.end_array().key("unread").value(report.unread).end_object();
  return w.take();
}

void print_verify(const store::VerifyReport& report, const store::ArchiveStatus& status) {
  for (const store::VerifyCheck& check : report.checks) {
    fmt::print("{}  {} ({})\n", check.problems == 0 ? "ok    " : "FAULTY", check.name, grouped(check.items));
  }
  for (const std::string& problem : report.problems) fmt::print("  {}\n", problem);
  for (const std::string& leftover : report.leftovers) fmt::print("  {}; the next ingest removes it\n", leftover);
  if (report.unread > 0) {
    fmt::print("  {} stretches of files are still to be read: tasks are open\n", grouped(report.unread));
  }
  if (report.ok()) {
    fmt::print("the ledger balances: {} found = {} stored + {} duplicates + {} failed\n", grouped(status.found),
               grouped(status.stored), grouped(status.duplicates), grouped(status.failed));
  }
}

}  // namespace

int run_status(const CommonOptions& common, const std::filesystem::path& folder) {
  const auto config = load_config(common, folder);
  if (!config.ok()) return report(config.error());
  const auto archive = store::Archive::open_for_reading(folder, config->archive);
  if (!archive.ok()) return report(archive.error());
  const auto status = (*archive)->status();
  if (!status.ok()) return report(status.error());
  const auto tasks = count_tasks(**archive);
  if (!tasks.ok()) return report(tasks.error());
  if (common.json) {
    fmt::print("{}\n", status_json(*status, *tasks));
    return kExitDone;
  }
  const auto reasons = (*archive)->reasons();
  if (!reasons.ok()) return report(reasons.error());
  print_status(*status, *reasons);
  if (*tasks) {
    fmt::print("tasks: {} waiting, {} taken, {} done, {} failed\n", grouped((*tasks)->waiting),
               grouped((*tasks)->taken), grouped((*tasks)->done), grouped((*tasks)->failed));
  }
  return kExitDone;
}

int run_verify(const CommonOptions& common, const std::filesystem::path& folder, std::stop_token stop) {
  const auto config = load_config(common, folder);
  if (!config.ok()) return report(config.error());
  const auto archive = store::Archive::open_for_reading(folder, config->archive);
  if (!archive.ok()) return report(archive.error());
  Progress progress(common.quiet);
  auto checked = (*archive)->verify({}, [&](const std::string& check, uint64_t done, uint64_t total) {
    const double share = total == 0 ? -1 : static_cast<double>(done) / static_cast<double>(total);
    progress.show({"verify", done, 0, share, check});
    return !stop.stop_requested();
  });
  progress.finish();
  if (!checked.ok()) return report(checked.error());
  add_audit_check(folder, *checked);
  const auto status = (*archive)->status();
  if (!status.ok()) return report(status.error());
  if (common.json) {
    fmt::print("{}\n", verify_json(*checked));
  } else {
    print_verify(*checked, *status);
  }
  return checked->ok() ? kExitDone : kExitFailed;
}

}  // namespace custos::app
