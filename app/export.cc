// custos export: the table of record, or redacted mail, out of an archive.
#include <fmt/format.h>

#include <functional>
#include <memory>
#include <utility>

#include "app/commands.h"
#include "app/progress.h"
#include "app/redacted_mail.h"
#include "base/file.h"
#include "pipeline/masked_participant.h"
#include "sink/sink.h"

namespace custos::app {
namespace {

using document::Record;
using store::MessageEntry;

// Takes every message of the archive in one form.
class Exporter {
 public:
  virtual ~Exporter() = default;
  [[nodiscard]] virtual Status add(const MessageEntry& entry, const Record& record) = 0;
  [[nodiscard]] virtual Status finish() = 0;
};

class TableExporter final : public Exporter {
 public:
  explicit TableExporter(std::unique_ptr<sink::Sink> target) : target_(std::move(target)) {}
  Status add(const MessageEntry& entry, const Record& record) override {
    return target_->append(record, {entry.thread, record.from, record.to, record.cc});
  }
  Status finish() override {
    RETURN_IF_ERROR(target_->checkpoint(1));
    return target_->finish();
  }

 private:
  std::unique_ptr<sink::Sink> target_;
};

// All in one file: mbox (mboxrd) or a Concordance load file.
class FileExporter final : public Exporter {
 public:
  using Format = std::string (*)(const Record& record, const std::string& thread);
  FileExporter(File file, Format format) : file_(std::move(file)), format_(format) {}
  Status add(const MessageEntry& entry, const Record& record) override {
    return file_.write(format_(record, entry.thread));
  }
  Status finish() override { return file_.sync(); }

 private:
  File file_;
  Format format_;
};

// One file a message, named by its number: ids of JSON lines may hold anything.
class FolderExporter final : public Exporter {
 public:
  explicit FolderExporter(std::filesystem::path folder) : folder_(std::move(folder)) {}
  Status add(const MessageEntry& entry, const Record& record) override {
    ASSIGN_OR_RETURN(File file, File::create(folder_ / fmt::format("{:08}.eml", ++count_)));
    return file.write(redacted_mail(record, entry.thread));
  }
  Status finish() override { return sync_folder(folder_); }

 private:
  std::filesystem::path folder_;
  uint64_t count_ = 0;
};

Result<std::unique_ptr<Exporter>> open_table(const std::string& spec, const Config& config) {
  sink::SinkOptions options = config.sink;
  options.owner = "export";
  options.table.participants = true;
  ASSIGN_OR_RETURN(auto target, sink::open_sink(spec, std::move(options)));
  return std::unique_ptr<Exporter>(std::make_unique<TableExporter>(std::move(target)));
}

Result<std::unique_ptr<Exporter>> open_file(const std::filesystem::path& path, FileExporter::Format format,
                                            std::string_view head) {
  ASSIGN_OR_RETURN(File file, File::create(path));
  RETURN_IF_ERROR(file.write(head));
  return std::unique_ptr<Exporter>(std::make_unique<FileExporter>(std::move(file), format));
}

Result<std::unique_ptr<Exporter>> open_exporter(const ExportCommand& command, const Config& config) {
  std::error_code failure;
  std::filesystem::create_directories(command.folder, failure);
  if (failure) return io_error("cannot make", command.folder, failure.value());
  const std::string folder = command.folder.string();
  if (command.format == "parquet") return open_table("parquet=" + folder, config);
  if (command.format == "jsonl") return open_table("jsonl=" + folder + "/messages.jsonl", config);
  if (command.format == "mbox") return open_file(command.folder / "messages.mbox", &mbox_entry, "");
  if (command.format == "dat") return open_file(command.folder / "messages.dat", &load_file_row, load_file_head());
  if (command.format == "eml") return std::unique_ptr<Exporter>(std::make_unique<FolderExporter>(command.folder));
  return Error{Code::kInvalidArgument, "--format takes parquet, jsonl, mbox, eml or dat"};
}

Result<uint64_t> export_all(const store::Archive& archive, const Config& config, Exporter& target, bool quiet,
                            const std::stop_token& stop) {
  ASSIGN_OR_RETURN(const store::ArchiveStatus status, archive.status());
  std::string key;
  if (config.pipeline.mask_participants_in_sinks) {
    ASSIGN_OR_RETURN(key, archive.derived_key("sink participants"));
  }
  Progress progress(quiet);
  uint64_t count = 0;
  const Status all = archive.for_each_message([&](const MessageEntry& entry, const Record& record) -> Status {
    if (stop.stop_requested()) return Error{Code::kCancelled, "stopped; the folder holds a part of the messages"};
    Record shown = record;
    if (!key.empty()) {
      shown.from = pipeline::masked(record.from, key);
      shown.to = pipeline::masked(record.to, key);
      shown.cc = pipeline::masked(record.cc, key);
    }
    RETURN_IF_ERROR(target.add(entry, shown));
    const double done = static_cast<double>(++count) / static_cast<double>(std::max<uint64_t>(status.stored, 1));
    progress.show({"export", count, 0, done, ""});
    return {};
  });
  RETURN_IF_ERROR(all);
  RETURN_IF_ERROR(target.finish());
  return count;
}

}  // namespace

int run_export(const CommonOptions& common, const ExportCommand& command, std::stop_token stop) {
  const auto config = load_config(common, command.archive);
  if (!config.ok()) return report(config.error());
  const auto archive = store::Archive::open_for_reading(command.archive, config->archive);
  if (!archive.ok()) return report(archive.error());
  const auto target = open_exporter(command, *config);
  if (!target.ok()) return report(target.error());
  const auto count = export_all(**archive, *config, **target, common.quiet, stop);
  if (!count.ok()) return report(count.error());
  fmt::print("exported {} messages as {} into {}\n", *count, command.format, command.folder.string());
  return kExitDone;
}

}  // namespace custos::app
