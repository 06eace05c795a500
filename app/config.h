// Settings: the compiled-in default, then ARCHIVE/custos.toml, then --set key=value. config/default.toml explains each.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/answer.h"
#include "base/result.h"
#include "pipeline/ingest.h"
#include "query/search.h"
#include "sink/sink.h"
#include "source/source.h"
#include "stage/stages.h"
#include "store/archive.h"
#include "store/vector_store.h"

namespace custos::app {

struct VectorConfig {
  std::string url;  // "": the segments' own vectors alone
  store::VectorStoreOptions store;
};

struct Config {
  source::SourceOptions source;
  stage::StageOptions stages;
  pipeline::IngestOptions pipeline;
  store::ArchiveOptions archive;
  sink::SinkOptions sink;
  query::SearchOptions search;
  agent::AnswerOptions answer;
  VectorConfig vectors;
};

// One key: where its value is, as TOML reads and writes it.
struct Setting {
  std::string key;                                   // "redact.threshold"
  std::function<Status(std::string_view toml)> set;  // `toml`: the right side of "key = …"
  std::function<std::string()> get;
};
// The settings live as long as `config`.
[[nodiscard]] std::vector<Setting> settings_of(Config& config);

// Applies a TOML file. kInvalidArgument names the file, the line and the key that is unknown or wrong. [[redact.kind]]
// tables add kinds of personal data: type, pattern, score, context, validator, ignore_case, word_edges.
[[nodiscard]] Status apply_file(Config& config, const std::filesystem::path& path);
// "redact.mask=pseudonym"; quotes around a string may be left out.
[[nodiscard]] Status apply_assignment(Config& config, std::string_view assignment);

}  // namespace custos::app
