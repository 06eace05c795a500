// custos init.
#include <fmt/format.h>

#include "app/archive_config.h"
#include "app/commands.h"

namespace custos::app {
namespace {

Status make_archive(const InitCommand& command, const Config& config) {
  const std::string toml = archive_config(config);
  if (command.join) return store::Archive::join(command.archive, config.archive, toml);
  return store::Archive::create(command.archive, config.archive, toml);
}

void print_made(const InitCommand& command, const Config& config, const store::Archive& archive) {
  if (command.join) {
    fmt::print("{} uses the archive {}\nits key is looked for in {}\n", command.archive.string(), archive.id(),
               archive.key_file().string());
    return;
  }
  fmt::print("made the archive {}\n", command.archive.string());
  if (archive.is_shared()) {
    fmt::print("its catalog is in the schema {} of the database, its files in {}\n", config.archive.schema,
               config.archive.storage);
  }
  fmt::print(
      "its originals are encrypted with the key {}\nkeep a copy of the key elsewhere: "
      "without it nobody can read them\n",
      archive.key_file().string());
}

}  // namespace

int run_init(const CommonOptions& common, const InitCommand& command) {
  auto config = load_config(common, {});
  if (!config.ok()) return report(config.error());
  if (!command.catalog.empty()) config->archive.catalog = command.catalog;
  if (!command.storage.empty()) config->archive.storage = command.storage;
  if (!command.vectors.empty()) config->vectors.url = command.vectors;
  if (!command.schema.empty()) config->archive.schema = command.schema;
  if (const Status made = make_archive(command, *config); !made.ok()) return report(made.error());
  const auto opened = store::Archive::open_for_reading(command.archive, config->archive);
  if (!opened.ok()) return report(opened.error());
  print_made(command, *config, **opened);
  return kExitDone;
}

}  // namespace custos::app
