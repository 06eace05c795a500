// One of the parallel workers: a batch of raw documents in, records and sealed originals out.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "pipeline/batch.h"
#include "pipeline/claims.h"
#include "pipeline/embedding.h"
#include "stage/stages.h"
#include "store/archive.h"

namespace custos::pipeline {

// How many workers a run has: `wanted`, at most 256; 0 is one a core.
[[nodiscard]] uint32_t worker_count(uint32_t wanted);

// For one thread; what it shares with the others is thread-safe.
class Worker {
 public:
  // REQUIRES: `desk` came from `stages`. Without an `embedder` nothing is embedded.
  Worker(const store::Archive& archive, const stage::Stages& stages, const store::BlockSealer& sealer, Claims& claims,
         std::unique_ptr<stage::Desk> desk, std::unique_ptr<stage::Embedder> embedder, bool null_stages)
      : archive_(archive),
        stages_(stages),
        sealer_(sealer),
        claims_(claims),
        desk_(std::move(desk)),
        embedder_(std::move(embedder)),
        null_stages_(null_stages) {}

  // A document that fails is an item with its reason; an Error is ours: catalog or memory. kCancelled when it was
  // stopped while embedding.
  [[nodiscard]] Result<ProcessedBatch> process(RawBatch batch, const std::stop_token& stop);

  [[nodiscard]] const stage::StepTimes& times() const { return desk_->times; }
  [[nodiscard]] double seal_seconds() const { return seal_seconds_; }
  [[nodiscard]] double embed_seconds() const { return embed_seconds_; }
  [[nodiscard]] const stage::Embedder* embedder() const { return embedder_.get(); }

 private:
  // A document that was read, and its item of the batch.
  struct Reading {
    size_t item = 0;
    stage::Draft draft;
    bool is_first = false;
  };
  // Nothing where it is no document: then the item says why.
  [[nodiscard]] std::optional<stage::Draft> read(document::RawDocument& raw, ProcessedItem& item);
  // Which of them no earlier document and no message of the archive is the same as.
  [[nodiscard]] Status find_first(std::vector<Reading>& readings, uint64_t first_number);
  // Appends the original to the open block; seals it when it is large enough.
  [[nodiscard]] Status keep_original(std::string_view bytes, ProcessedItem& item, ProcessedBatch& batch);
  [[nodiscard]] Status seal(ProcessedBatch& batch);
  // The chunks of all new records of the batch in one go.
  [[nodiscard]] Status embed(ProcessedBatch& batch, const std::stop_token& stop);

  const store::Archive& archive_;
  const stage::Stages& stages_;
  const store::BlockSealer& sealer_;
  Claims& claims_;
  std::unique_ptr<stage::Desk> desk_;
  std::unique_ptr<stage::Embedder> embedder_;
  const bool null_stages_;
  std::string block_;
  double seal_seconds_ = 0;
  double embed_seconds_ = 0;
};

}  // namespace custos::pipeline
