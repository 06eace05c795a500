#include "pipeline/embedding.h"

#include <fmt/format.h>

#include <atomic>
#include <numeric>
#include <thread>
#include <utility>

#include "pipeline/failure.h"

namespace custos::pipeline {
namespace {

// Records that a thread of a ParallelEmbedder takes at once.
constexpr size_t kRecordsAtOnce = 16;

class ArchiveVectors final : public stage::VectorCache {
 public:
  explicit ArchiveVectors(store::EmbeddingCache& vectors) : vectors_(vectors) {}
  Result<bool> find(const Digest& text, std::span<float> vector) override { return vectors_.find(text, vector); }
  Status add(const Digest& text, std::span<const float> vector) override { return vectors_.add(text, vector); }

 private:
  store::EmbeddingCache& vectors_;
};

}  // namespace

Result<std::unique_ptr<Embedding>> Embedding::create(const store::Archive& archive, std::string model, uint32_t width,
                                                     OpenEmbedder open) {
  std::unique_ptr<Embedding> made(new Embedding);
  // Its file is for one process.
  if (!archive.is_shared()) {
    ASSIGN_OR_RETURN(made->vectors_, store::EmbeddingCache::open(archive.folder(), model, width));
    made->cache_ = std::make_unique<ArchiveVectors>(*made->vectors_);
  }
  made->model_ = std::move(model);
  made->width_ = width;
  made->open_ = std::move(open);
  return made;
}

Status check_archive_model(const store::Archive& archive, const std::string& model) {
  ASSIGN_OR_RETURN(const auto snapshot, archive.snapshot());
  if (snapshot->embedding_model.empty() || snapshot->embedding_model == model) return {};
  return Error{
      Code::kConflict,
      fmt::format("{}: its vectors are of the model {}, not of {}: name the folder of that model with --models, "
                  "or make all vectors anew with custos rebuild {} --embeddings, or leave the new messages "
                  "without vectors with --no-embed",
                  archive.folder().string(), snapshot->embedding_model, model, archive.folder().string())};
}

Result<ParallelEmbedder> ParallelEmbedder::open(const Embedding& embedding, uint32_t workers) {
  ParallelEmbedder made;
  for (uint32_t i = 0; i < workers; ++i) {
    ASSIGN_OR_RETURN(auto embedder, embedding.open_embedder());
    made.embedders_.push_back(std::move(embedder));
  }
  return made;
}

Status ParallelEmbedder::embed(std::span<document::Record* const> records, const std::stop_token& stop) {
  std::atomic<size_t> next{0};
  Failure failure;
  const auto work = [&](stage::Embedder& embedder) {
    for (size_t begin = next.fetch_add(kRecordsAtOnce); begin < records.size() && !failure.get();
         begin = next.fetch_add(kRecordsAtOnce)) {
      const size_t count = std::min(kRecordsAtOnce, records.size() - begin);
      if (Status done = embedder.embed(records.subspan(begin, count), stop); !done.ok()) failure.set(done.error());
    }
  };
  {
    std::vector<std::jthread> threads;
    for (const auto& embedder : embedders_) threads.emplace_back([&] { work(*embedder); });
  }
  if (const auto error = failure.get()) return *error;
  return {};
}

uint64_t ParallelEmbedder::embedded() const {
  return std::accumulate(embedders_.begin(), embedders_.end(), uint64_t{0},
                         [](uint64_t sum, const auto& embedder) { return sum + embedder->embedded(); });
}

}  // namespace custos::pipeline
