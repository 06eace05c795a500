// custos rebuild: everything but the originals anew, or the keyword index alone, or the vectors alone.
#include "pipeline/rebuild.h"

#include <fmt/format.h>

#include <utility>

#include "app/commands.h"
#include "app/progress.h"
#include "app/vectors.h"
#include "base/json_writer.h"

namespace custos::app {
namespace {

bool is_partial(const RebuildCommand& command) { return command.index || command.embeddings; }

// Null where vectors are not wanted, or were never made and there is no model to make them.
Result<std::unique_ptr<pipeline::Embedding>> embedding_for(const CommonOptions& common, const RebuildCommand& command,
                                                           const store::Archive& archive) {
  std::unique_ptr<pipeline::Embedding> none;
  if (command.no_embed || (command.index && !command.embeddings)) return none;
  ASSIGN_OR_RETURN(const auto encoder, load_encoder(common));
  if (encoder != nullptr) return open_embedding(archive, encoder);
  ASSIGN_OR_RETURN(const store::ArchiveStatus status, archive.status());
  if (!command.embeddings && status.vectors == 0) return none;
  return Error{
      Code::kNotFound,
      fmt::format("no model {} found to make the vectors of {} with: custos model fetch gets it, --models names "
                  "its folder, --no-embed leaves the vectors out",
                  kModelName, archive.folder().string())};
}

void print_report(const CommonOptions& common, const RebuildCommand& command, const pipeline::RebuildReport& report) {
  if (common.json) {
    JsonWriter w;
    w.begin_object().key("messages").value(report.messages).key("embedded").value(report.embedded);
    w.key("kept").value(report.kept).end_object();
    fmt::print("{}\n", w.text());
    return;
  }
  const char* what = "rebuilt {} messages from their originals";
  if (command.index) what = "made the keyword index of {} messages anew";
  if (command.embeddings) what = "made the vectors of {} messages anew";
  if (command.index && command.embeddings) what = "made the keyword index and the vectors of {} messages anew";
  fmt::print(fmt::runtime(what), grouped(command.index ? report.messages : report.messages - report.kept));
  if (report.embedded != 0) fmt::print("; {} texts embedded", grouped(report.embedded));
  if (report.kept != 0) fmt::print("; {} messages had theirs already", grouped(report.kept));
  fmt::print("\n");
}

Result<pipeline::RebuildReport> rebuild_archive(const CommonOptions& common, const RebuildCommand& command,
                                                const std::stop_token& stop) {
  ASSIGN_OR_RETURN(const Config config, load_config(common, command.archive));
  ASSIGN_OR_RETURN(const auto archive, store::Archive::open_for_writing(command.archive, config.archive));
  ASSIGN_OR_RETURN(const auto embedding, embedding_for(common, command, *archive));
  Progress progress(common.quiet);
  const auto on_progress = [&](uint64_t messages, uint64_t total) {
    const double share = total == 0 ? -1 : static_cast<double>(messages) / static_cast<double>(total);
    progress.show({"rebuild", messages, 0, share, ""});
  };
  const uint32_t workers = config.pipeline.workers;
  const bool index_subject = config.pipeline.index_subject;
  if (is_partial(command)) {
    auto done =
        pipeline::reindex(*archive, {command.index, index_subject, embedding.get()}, workers, on_progress, stop);
    if (done.ok() && command.embeddings) RETURN_IF_ERROR(send_vectors_anew(config, *archive, stop));
    return done;
  }
  ASSIGN_OR_RETURN(const StageSet stages, build_stages(common, config, archive.get()));
  auto done = pipeline::rebuild(*archive, *stages.stages, embedding.get(), {workers, index_subject}, on_progress, stop);
  if (done.ok()) RETURN_IF_ERROR(send_vectors_anew(config, *archive, stop));
  return done;
}

}  // namespace

int run_rebuild(const CommonOptions& common, const RebuildCommand& command, std::stop_token stop) {
  const auto done = rebuild_archive(common, command, stop);
  if (!done.ok()) return report(done.error());
  print_report(common, command, *done);
  return kExitDone;
}

}  // namespace custos::app
