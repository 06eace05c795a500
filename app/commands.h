// The commands. Each takes its options as main() read them and gives the exit code.
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "agent/answer.h"
#include "agent/summary.h"
#include "app/session.h"
#include "query/search.h"

namespace custos::app {

struct InitCommand {
  std::filesystem::path archive;
  std::string catalog;  // each "": what the settings say
  std::string schema;
  std::string storage;
  std::string vectors;
  bool join = false;  // use an archive that is there, from another folder
};

struct VectorsCommand {
  std::filesystem::path archive;
  bool mend = false;               // else only compared
  bool all = false;                // sends also what is there
  bool alias = false;              // the plain collection name for this model's
  bool drop_other_models = false;  // collections of models that the archive had before
};

struct MigrateCommand {
  std::filesystem::path archive;
  std::filesystem::path target;
  std::string catalog;  // both "": all in the target's folder
  std::string storage;
  std::string schema;  // "": what the settings say
};

struct EnqueueCommand {
  std::filesystem::path archive;
  std::vector<std::string> sources;
  uint64_t task_files = 1000;
  uint64_t task_bytes = 256ULL << 20;
};

struct WorkerCommand {
  std::filesystem::path archive;
  std::string source;  // a stream that all workers read together, as a topic of Kafka; "": tasks
  int workers = -1;
  bool until_done = false;
  bool no_embed = false;
};

struct IngestCommand {
  std::filesystem::path archive;
  std::vector<std::string> sources;
  std::string format = "auto";
  std::vector<std::string> sinks;
  int workers = -1;  // below 0: what the settings say
  bool no_embed = false;
  bool profile = false;
};

struct RebuildCommand {
  std::filesystem::path archive;
  bool index = false;
  bool embeddings = false;  // with neither: everything but the originals
  bool no_embed = false;
};

struct SearchCommand {
  std::filesystem::path archive;
  std::string query;
  bool has_query = false;         // else --queries, or lines typed or piped in
  std::filesystem::path queries;  // JSON lines {"id","query"}; "-" is stdin
  std::string mode = "hybrid";
  query::SearchRequest request;  // its filters, limit, all, explain
};

struct AskCommand {
  std::filesystem::path archive;
  std::string question;
  std::filesystem::path questions;  // JSON lines {"id","question"}; "-" is stdin
  agent::AnswerRequest request;     // all but the question
};

struct SummarizeCommand {
  std::filesystem::path archive;
  agent::SummaryRequest request;
};

struct ShowCommand {
  std::filesystem::path archive;
  std::string id;
  bool thread = false;
  bool original = false;
  bool reveal = false;
  std::string purpose;
};

struct ExportCommand {
  std::filesystem::path archive;
  std::filesystem::path folder;
  std::string format = "parquet";
};

struct RedactCommand {
  float threshold = -1;  // below 0: what the settings say
  std::string mask;
  std::string profile;
};

struct TokenizeCommand {
  bool no_sentences = false;
};

struct TrainCommand {
  std::string task;
  std::vector<std::filesystem::path> data;
  std::filesystem::path out;
  std::filesystem::path valid;  // "": none
  std::string licence;
  uint64_t seed = 1;
  int threads = 0;  // 0: one a core
};

struct EvaluateCommand {
  std::filesystem::path head;
  std::vector<std::filesystem::path> data;
  int threads = 0;
};

struct ClassifyCommand {
  std::vector<std::filesystem::path> heads;
  bool all = false;  // every label, not the best alone
};

struct ThreadCommand {
  std::string algorithm = "custos";
};

int run_init(const CommonOptions& common, const InitCommand& command);
int run_vectors(const CommonOptions& common, const VectorsCommand& command, std::stop_token stop);
int run_migrate(const CommonOptions& common, const MigrateCommand& command, std::stop_token stop);
int run_enqueue(const CommonOptions& common, const EnqueueCommand& command);
int run_worker(const CommonOptions& common, const WorkerCommand& command, std::stop_token stop);
int run_ingest(const CommonOptions& common, const IngestCommand& command, std::stop_token stop);
int run_search(const CommonOptions& common, const SearchCommand& command);
int run_ask(const CommonOptions& common, const AskCommand& command, std::stop_token stop);
int run_summarize(const CommonOptions& common, const SummarizeCommand& command, std::stop_token stop);
int run_show(const CommonOptions& common, const ShowCommand& command);
int run_export(const CommonOptions& common, const ExportCommand& command, std::stop_token stop);
int run_verify(const CommonOptions& common, const std::filesystem::path& archive, std::stop_token stop);
int run_rebuild(const CommonOptions& common, const RebuildCommand& command, std::stop_token stop);
int run_status(const CommonOptions& common, const std::filesystem::path& archive);

// Of models on this machine.
int run_model_list(const CommonOptions& common);
int run_model_verify(const CommonOptions& common);
int run_model_fetch(const CommonOptions& common);

// Of heads over them.
int run_model_train(const CommonOptions& common, const TrainCommand& command, std::stop_token stop);
int run_model_evaluate(const CommonOptions& common, const EvaluateCommand& command, std::stop_token stop);

// The filters.
int run_parse(const CommonOptions& common, const std::vector<std::string>& files);
int run_thread(const CommonOptions& common, const ThreadCommand& command);
int run_redact(const CommonOptions& common, const RedactCommand& command);
int run_tokenize(const CommonOptions& common, const TokenizeCommand& command);
int run_chunk(const CommonOptions& common);
int run_embed(const CommonOptions& common);
int run_classify(const CommonOptions& common, const ClassifyCommand& command);
int run_support(const CommonOptions& common);

}  // namespace custos::app
