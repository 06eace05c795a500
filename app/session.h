// What a command needs before it can work: settings, model, stages, archive, and a way to be stopped.
#pragma once

#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "app/config.h"
#include "base/result.h"
#include "model/encoder.h"
#include "model/token_counter.h"
#include "pipeline/embedding.h"
#include "stage/stages.h"
#include "store/archive.h"

namespace custos::app {

inline constexpr int kExitDone = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitSomeFailed = 3;

// Options that every command takes.
struct CommonOptions {
  std::filesystem::path models;          // --models
  std::vector<std::string> assignments;  // --set
  bool json = false;                     // --json
  bool quiet = false;                    // --quiet: no progress
};

// Defaults, then ARCHIVE/custos.toml where there is one, then --set. `archive` may be empty.
[[nodiscard]] Result<Config> load_config(const CommonOptions& common, const std::filesystem::path& archive);

// The embedding model's tokenizer from --models, $CUSTOS_MODELS or the user's data folder; where there is none, an
// estimate, and a line on stderr that says so and how to get the model.
[[nodiscard]] Result<std::unique_ptr<model::TokenCounter>> load_token_counter(const CommonOptions& common);

inline constexpr const char* kModelName = "all-MiniLM-L6-v2";

// Where models are looked for, in this order: --models alone, or $CUSTOS_MODELS and the user's data folder.
[[nodiscard]] std::vector<std::filesystem::path> model_folders(const CommonOptions& common);

// The embedding model from the same folders. Null where there is none and --models does not name one.
[[nodiscard]] Result<std::shared_ptr<const model::Encoder>> load_encoder(const CommonOptions& common);

// For an archive that is open for writing: embedders of the model, with the archive's cache.
[[nodiscard]] Result<std::unique_ptr<pipeline::Embedding>> open_embedding(
    const store::Archive& archive, const std::shared_ptr<const model::Encoder>& encoder);

struct StageSet {
  std::unique_ptr<model::TokenCounter> counter;
  std::unique_ptr<stage::Stages> stages;  // reads `counter`
};
// `archive` gives the key of pseudonyms and hashes; null for filters, which use `config`'s salt.
[[nodiscard]] Result<StageSet> build_stages(const CommonOptions& common, Config config, const store::Archive* archive);

// Says it on stderr, and gives the exit code for it.
int report(const Error& error);

// Requested by Ctrl-C or SIGTERM; a second one ends the process at once. One for a process, made in main.
class StopSignal {
 public:
  StopSignal();
  [[nodiscard]] std::stop_token token() const { return source_->get_token(); }

 private:
  std::shared_ptr<std::stop_source> source_ = std::make_shared<std::stop_source>();
};

}  // namespace custos::app
