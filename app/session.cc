#include "app/session.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>
#include <utility>

#include "model/tokenizer.h"

namespace custos::app {
namespace {

std::filesystem::path user_data_folder() {
  if (const char* data = std::getenv("XDG_DATA_HOME"); data != nullptr && *data != '\0') return data;
  if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0') {
    return std::filesystem::path(home) / ".local/share";
  }
  return ".";
}

// Signals are blocked in all threads and taken by one of their own, so that the handler may do anything.
sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

}  // namespace

std::vector<std::filesystem::path> model_folders(const CommonOptions& common) {
  if (!common.models.empty()) return {common.models};
  std::vector<std::filesystem::path> folders;
  if (const char* set = std::getenv("CUSTOS_MODELS"); set != nullptr && *set != '\0') folders.emplace_back(set);
  folders.push_back(user_data_folder() / "custos/models");
  return folders;
}

Result<Config> load_config(const CommonOptions& common, const std::filesystem::path& archive) {
  Config config;
  const std::filesystem::path file = archive / "custos.toml";
  if (!archive.empty() && std::filesystem::exists(file)) RETURN_IF_ERROR(apply_file(config, file));
  for (const std::string& assignment : common.assignments) RETURN_IF_ERROR(apply_assignment(config, assignment));
  config.archive.s3 = config.source.s3;  // one set of settings for both
  return config;
}

Result<std::unique_ptr<model::TokenCounter>> load_token_counter(const CommonOptions& common) {
  for (const std::filesystem::path& folder : model_folders(common)) {
    const std::filesystem::path vocabulary = folder / kModelName / "vocab.txt";
    if (!std::filesystem::exists(vocabulary)) continue;
    ASSIGN_OR_RETURN(model::WordPiece tokenizer, model::WordPiece::load(vocabulary));
    return std::unique_ptr<model::TokenCounter>(std::make_unique<model::WordPiece>(std::move(tokenizer)));
  }
  if (!common.models.empty()) {
    return Error{Code::kNotFound, fmt::format("{} has no {}/vocab.txt", common.models.string(), kModelName)};
  }
  fmt::print(stderr,
             "note: no model {} found: chunks are cut by an estimate of its tokens; custos model fetch gets it\n",
             kModelName);
  return std::unique_ptr<model::TokenCounter>(std::make_unique<model::EstimatedTokens>());
}

Result<std::shared_ptr<const model::Encoder>> load_encoder(const CommonOptions& common) {
  for (const std::filesystem::path& folder : model_folders(common)) {
    if (std::filesystem::exists(folder / kModelName)) return model::Encoder::load(folder / kModelName, {});
  }
  if (!common.models.empty()) {
    return Error{Code::kNotFound, fmt::format("{} has no model {}", common.models.string(), kModelName)};
  }
  return std::shared_ptr<const model::Encoder>();
}

Result<std::unique_ptr<pipeline::Embedding>> open_embedding(const store::Archive& archive,
                                                            const std::shared_ptr<const model::Encoder>& encoder) {
  const auto open = [encoder](stage::VectorCache* cache) -> Result<std::unique_ptr<stage::Embedder>> {
    ASSIGN_OR_RETURN(auto session, model::EncoderSession::create(encoder));
    return std::make_unique<stage::Embedder>(std::move(session), encoder->width(), cache);
  };
  return pipeline::Embedding::create(archive, encoder->version(), encoder->width(), open);
}

Result<StageSet> build_stages(const CommonOptions& common, Config config, const store::Archive* archive) {
  if (archive != nullptr && config.stages.redact.mask != stage::Mask::kTag) {
    ASSIGN_OR_RETURN(config.stages.redact.salt, archive->derived_key("redaction"));
  }
  StageSet set;
  ASSIGN_OR_RETURN(set.counter, load_token_counter(common));
  ASSIGN_OR_RETURN(set.stages, stage::Stages::create(config.stages, *set.counter));
  return set;
}

int report(const Error& error) {
  fmt::print(stderr, "custos: {}\n", error.message);
  return error.code == Code::kInvalidArgument ? kExitUsage : kExitFailed;
}

StopSignal::StopSignal() {
  const sigset_t set = stop_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::thread([set, source = source_] {
    int signal = 0;
    sigwait(&set, &signal);
    source->request_stop();
    fmt::print(stderr, "\nstopping after the messages under way; once more stops at once\n");
    sigwait(&set, &signal);
    ::_exit(128 + signal);
  }).detach();
}

}  // namespace custos::app
