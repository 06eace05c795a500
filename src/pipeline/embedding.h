// How the chunks of a run become vectors: the model, an embedder for each worker, and the archive's cache of vectors.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "document/record.h"
#include "stage/stages.h"
#include "store/archive.h"
#include "store/embedding_cache.h"

namespace custos::pipeline {

// Thread-safe.
class Embedding {
 public:
  // Makes what one thread needs; `cache` outlives the result.
  using OpenEmbedder = std::function<Result<std::unique_ptr<stage::Embedder>>(stage::VectorCache* cache)>;

  // `model`: the version of the model whose embedders `open` makes; `width`: of its vectors.
  [[nodiscard]] static Result<std::unique_ptr<Embedding>> create(const store::Archive& archive, std::string model,
                                                                 uint32_t width, OpenEmbedder open);

  [[nodiscard]] const std::string& model() const { return model_; }
  [[nodiscard]] uint32_t width() const { return width_; }
  // For a segment's manifest, beside the versions of the other stages.
  [[nodiscard]] std::pair<std::string, std::string> stage_version() const { return {"embed", model_}; }
  [[nodiscard]] Result<std::unique_ptr<stage::Embedder>> open_embedder() const { return open_(cache_.get()); }
  // Makes the vectors that were added so far durable. Called before a commit, so that whatever is made anew from a
  // committed text finds its vector; those of a killed run's last batches are embedded again.
  [[nodiscard]] Status flush() const { return vectors_ ? vectors_->flush() : Status(); }

 private:
  Embedding() = default;

  std::string model_;
  uint32_t width_ = 0;
  OpenEmbedder open_;
  std::unique_ptr<store::EmbeddingCache> vectors_;
  std::unique_ptr<stage::VectorCache> cache_;  // `vectors_`, as a stage sees it
};

// kConflict where the archive's vectors are of another model: they must not be compared.
[[nodiscard]] Status check_archive_model(const store::Archive& archive, const std::string& model);

// Several embedders at work on one batch.
class ParallelEmbedder {
 public:
  [[nodiscard]] static Result<ParallelEmbedder> open(const Embedding& embedding, uint32_t workers);
  // Fills Record::vectors of all records; kCancelled soon after `stop`.
  [[nodiscard]] Status embed(std::span<document::Record* const> records, const std::stop_token& stop);
  [[nodiscard]] uint64_t embedded() const;

 private:
  std::vector<std::unique_ptr<stage::Embedder>> embedders_;
};

}  // namespace custos::pipeline
