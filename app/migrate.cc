// custos migrate.
#include "store/migrate.h"

#include <fmt/format.h>

#include "app/archive_config.h"
#include "app/commands.h"
#include "app/progress.h"
#include "base/file.h"
#include "base/json_writer.h"

namespace custos::app {
namespace {

constexpr uint64_t kConfigBytesMax = 1 << 20;

// As the source's, but for where the parts are.
Config target_config(const MigrateCommand& command, Config config) {
  config.archive.catalog = command.catalog;
  config.archive.storage = command.storage;
  if (!command.schema.empty()) config.archive.schema = command.schema;
  return config;
}

Result<std::string> target_toml(const MigrateCommand& command, const Config& target) {
  const Result<std::string> text = read_file(command.archive / "custos.toml", kConfigBytesMax);
  if (!text.ok() && text.error().code == Code::kNotFound) return archive_config(target);
  RETURN_IF_ERROR(text);
  return moved_config(*text, target);
}

Result<store::Migrated> migrate(const CommonOptions& common, const MigrateCommand& command, std::stop_token stop) {
  ASSIGN_OR_RETURN(const Config config, load_config(common, command.archive));
  const Config target = target_config(command, config);
  ASSIGN_OR_RETURN(const std::string toml, target_toml(command, target));
  Progress progress(common.quiet);
  const auto observe = [&](const store::MigrateProgress& at) -> Status {
    progress.show({"migrate", at.messages, at.bytes, at.done, at.what});
    if (!stop.stop_requested()) return {};
    return Error{Code::kCancelled,
                 fmt::format("stopped: {} is no archive yet; the same command goes on", command.target.string())};
  };
  return store::migrate_archive({command.archive, config.archive}, {command.target, target.archive}, toml, observe);
}

void print_migrated(const MigrateCommand& command, const store::Migrated& done) {
  fmt::print("{} is the archive {} now: {} messages, {} segments, {} packs, {}\n", command.target.string(),
             done.archive, grouped(done.messages), grouped(done.segments), grouped(done.packs),
             human_bytes(done.bytes));
  fmt::print("its key stays the same; {} is as it was: write to one of the two from now on\n",
             command.archive.string());
}

std::string migrated_json(const store::Migrated& done) {
  JsonWriter w;
  w.begin_object().key("archive").value(done.archive).key("messages").value(done.messages);
  w.key("segments").value(done.segments).key("packs").value(done.packs).key("bytes").value(done.bytes);
  w.end_object();
  return w.take();
}

}  // namespace

int run_migrate(const CommonOptions& common, const MigrateCommand& command, std::stop_token stop) {
  const auto done = migrate(common, command, stop);
  if (!done.ok()) return report(done.error());
  if (common.json) {
    fmt::print("{}\n", migrated_json(*done));
  } else {
    print_migrated(command, *done);
  }
  return kExitDone;
}

}  // namespace custos::app
