#include "app/workshop.h"

#include <fmt/format.h>

#include <utility>

#include "app/archive_config.h"
#include "app/vectors.h"

namespace custos::app {
namespace {

Result<std::vector<std::unique_ptr<sink::Sink>>> open_sinks(const std::vector<std::string>& specs, const Config& config,
                                                            const store::Archive& archive) {
  std::vector<std::unique_ptr<sink::Sink>> sinks;
  for (const std::string& spec : specs) {
    sink::SinkOptions options = config.sink;
    options.owner = archive.id().substr(0, 8);
    ASSIGN_OR_RETURN(options.committed, archive.commits());
    options.table.participants = true;
    options.kafka = config.source.kafka.connection;
    ASSIGN_OR_RETURN(auto opened, sink::open_sink(spec, std::move(options)));
    sinks.push_back(std::move(opened));
  }
  return sinks;
}

// Null with no_embed, and where there is no model.
Result<std::unique_ptr<pipeline::Embedding>> embedding_for(const CommonOptions& common, bool no_embed,
                                                           const store::Archive& archive) {
  if (no_embed) return std::unique_ptr<pipeline::Embedding>();
  ASSIGN_OR_RETURN(const auto encoder, load_encoder(common));
  if (encoder == nullptr) {
    fmt::print(stderr, "note: without the model nothing is embedded: search finds words, not meanings\n");
    return std::unique_ptr<pipeline::Embedding>();
  }
  RETURN_IF_ERROR(pipeline::check_archive_model(archive, encoder->version()));
  return open_embedding(archive, encoder);
}

}  // namespace

Result<Workshop> open_workshop(const CommonOptions& common, const WorkshopOptions& options) {
  Workshop shop;
  ASSIGN_OR_RETURN(shop.config, load_config(common, options.archive));
  if (options.workers >= 0) shop.config.pipeline.workers = static_cast<uint32_t>(options.workers);
  ASSIGN_OR_RETURN(shop.config.source.format, source::format_from_name(options.format));
  if (options.make_archive && !store::Archive::exists(options.archive, shop.config.archive)) {
    RETURN_IF_ERROR(store::Archive::create(options.archive, shop.config.archive, archive_config(shop.config)));
  }
  ASSIGN_OR_RETURN(shop.archive, store::Archive::open_for_writing(options.archive, shop.config.archive));
  ASSIGN_OR_RETURN(shop.stages, build_stages(common, shop.config, shop.archive.get()));
  ASSIGN_OR_RETURN(shop.embedding, embedding_for(common, options.no_embed, *shop.archive));
  if (shop.embedding != nullptr) {
    ASSIGN_OR_RETURN(shop.vectors, open_vectors(shop.config, shop.embedding->model(), shop.embedding->width()));
    // A run that died gave numbers that are given again.
    if (shop.vectors && !shop.archive->is_shared()) {
      RETURN_IF_ERROR(store::remove_unpublished(*shop.archive, *shop.vectors));
    }
  }
  ASSIGN_OR_RETURN(shop.sinks, open_sinks(options.sinks, shop.config, *shop.archive));
  return shop;
}

}  // namespace custos::app
