// An archive open for writing and all that works on it: for ingest and worker.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "app/session.h"
#include "base/result.h"
#include "pipeline/embedding.h"
#include "sink/sink.h"
#include "store/archive.h"
#include "store/vector_store.h"

namespace custos::app {

struct WorkshopOptions {
  std::filesystem::path archive;
  std::string format = "auto";
  std::vector<std::string> sinks;
  int workers = -1;  // below 0: what the settings say
  bool no_embed = false;
  bool make_archive = false;  // where it is not there
};

struct Workshop {
  Config config;
  std::unique_ptr<store::Archive> archive;
  StageSet stages;
  std::unique_ptr<pipeline::Embedding> embedding;  // null: nothing is embedded
  std::unique_ptr<store::VectorStore> vectors;     // null: none is set, or nothing is embedded
  std::vector<std::unique_ptr<sink::Sink>> sinks;
};

[[nodiscard]] Result<Workshop> open_workshop(const CommonOptions& common, const WorkshopOptions& options);

}  // namespace custos::app
