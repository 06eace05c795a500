// custos vectors, and what other commands need of a vector store.
#include "app/vectors.h"

#include <fmt/format.h>

#include <cstdlib>
#include <utility>

#include "app/commands.h"
#include "app/progress.h"
#include "base/json_writer.h"

namespace custos::app {
namespace {

std::string from_environment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// The archive's own vectors say what the store's have to be like; null without any.
Result<std::unique_ptr<store::VectorStore>> open_for_archive(const Config& config, const store::Archive& archive,
                                                             std::stop_token stop) {
  ASSIGN_OR_RETURN(const auto snapshot, archive.snapshot());
  for (const store::SegmentView& segment : snapshot->segments) {
    if (!segment.vectors) continue;
    return open_vectors(config, snapshot->embedding_model, segment.vectors->width(), std::move(stop));
  }
  return std::unique_ptr<store::VectorStore>();
}

std::string vectors_json(const store::ReconcileCounts& counts, uint64_t there, bool whole) {
  JsonWriter w;
  w.begin_object().key("ok").value(whole).key("expected").value(counts.expected).key("there").value(there);
  w.key("missing").value(counts.added).key("extra").value(counts.removed).key("pending").value(counts.pending);
  w.key("left_out").value(counts.left_out).end_object();
  return w.take();
}

void print_counts(const VectorsCommand& command, const std::string& name, const store::ReconcileCounts& counts,
                  uint64_t there) {
  fmt::print("{}: {} points of {} that the archive has vectors for\n", name, grouped(there), grouped(counts.expected));
  const char* const verb = command.mend ? "were" : "are";
  if (counts.added != 0) {
    fmt::print("{} {} {}\n", grouped(counts.added), verb, command.mend ? "sent" : "missing");
  }
  if (counts.removed != 0) {
    fmt::print("{} that no message has {} {}\n", grouped(counts.removed), verb, command.mend ? "removed" : "there");
  }
  if (counts.pending != 0) fmt::print("{} are of workers that have not committed yet\n", grouped(counts.pending));
  if (counts.left_out != 0) fmt::print("{} are past what one message can have there\n", grouped(counts.left_out));
}

Result<std::unique_ptr<store::Archive>> open_archive(const VectorsCommand& command, const Config& config) {
  // Beside the only writer of a local archive nothing can be told from what it is just sending.
  const bool alone = command.mend && config.archive.catalog.empty();
  return alone ? store::Archive::open_for_writing(command.archive, config.archive)
               : store::Archive::open_for_reading(command.archive, config.archive);
}

Result<bool> compare(const CommonOptions& common, const VectorsCommand& command, const std::stop_token& stop) {
  ASSIGN_OR_RETURN(const Config config, load_config(common, command.archive));
  if (config.vectors.url.empty()) {
    return Error{Code::kInvalidArgument,
                 "the archive has no vector store: set vectors.url in its custos.toml, or by --set"};
  }
  ASSIGN_OR_RETURN(const auto archive, open_archive(command, config));
  ASSIGN_OR_RETURN(const auto vectors, open_for_archive(config, *archive, stop));
  if (!vectors) return Error{Code::kNotFound, "the archive has no vectors: custos rebuild --embeddings makes them"};
  store::ReconcileOptions options;
  options.compare_only = !command.mend;
  options.all = command.all;
  options.stop = stop;
  ASSIGN_OR_RETURN(const store::ReconcileCounts counts, store::reconcile(*archive, *vectors, options));
  if (command.drop_other_models) {
    ASSIGN_OR_RETURN(const uint32_t dropped, vectors->drop_other_models());
    if (!common.json) fmt::print("{} collections of other models were dropped\n", dropped);
  }
  if (command.alias) RETURN_IF_ERROR(vectors->set_alias());
  ASSIGN_OR_RETURN(const uint64_t there, vectors->count());
  const bool whole = command.mend || (counts.added == 0 && counts.removed == 0);
  if (common.json) {
    fmt::print("{}\n", vectors_json(counts, there, whole));
  } else {
    print_counts(command, vectors->name(), counts, there);
  }
  return whole;
}

}  // namespace

Result<std::unique_ptr<store::VectorStore>> open_vectors(const Config& config, const std::string& model, uint32_t width,
                                                         std::stop_token stop) {
  if (config.vectors.url.empty()) return std::unique_ptr<store::VectorStore>();
  store::VectorStoreOptions options = config.vectors.store;
  options.model = model;
  options.width = width;
  options.password = from_environment("CUSTOS_MILVUS_PASSWORD");
  options.api_key = from_environment("CUSTOS_QDRANT_API_KEY");
  return store::open_vector_store(config.vectors.url, options, std::move(stop));
}

Status send_vectors_anew(const Config& config, const store::Archive& archive, std::stop_token stop) {
  if (config.vectors.url.empty()) return {};
  ASSIGN_OR_RETURN(const auto vectors, open_for_archive(config, archive, stop));
  if (!vectors) return {};
  store::ReconcileOptions options;
  options.all = true;
  options.stop = std::move(stop);
  RETURN_IF_ERROR(store::reconcile(archive, *vectors, options));
  return {};
}

int run_vectors(const CommonOptions& common, const VectorsCommand& command, std::stop_token stop) {
  const auto whole = compare(common, command, stop);
  if (!whole.ok()) return report(whole.error());
  if (*whole) return kExitDone;
  fmt::print(stderr, "custos: the vector store differs from the archive: custos vectors {} --mend\n",
             command.archive.string());
  return kExitFailed;
}

}  // namespace custos::app
