// One of the parallel workers: a batch of raw documents in, records and sealed originals out.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "base/result.h"
#include "pipeline/batch.h"
#include "pipeline/claims.h"
#include "stage/stages.h"
#include "store/archive.h"

namespace custos::pipeline {

// How many workers a run has: `wanted`, at most 256; 0 is one a core.
[[nodiscard]] uint32_t worker_count(uint32_t wanted);

// For one thread; what it shares with the others is thread-safe.
class Worker {
 public:
  // REQUIRES: `desk` came from `stages`.
  Worker(const store::Archive& archive, const stage::Stages& stages, const store::BlockSealer& sealer, Claims& claims,
         std::unique_ptr<stage::Desk> desk)
      : archive_(archive), stages_(stages), sealer_(sealer), claims_(claims), desk_(std::move(desk)) {}

  // A document that fails is an item with its reason; an Error is ours: catalog or memory.
  [[nodiscard]] Result<ProcessedBatch> process(RawBatch batch);

  [[nodiscard]] const stage::StepTimes& times() const { return desk_->times; }
  [[nodiscard]] double seal_seconds() const { return seal_seconds_; }

 private:
  [[nodiscard]] Status process_document(document::RawDocument& raw, uint64_t number, ProcessedItem& item);
  // Appends the original to the open block; seals it when it is large enough.
  [[nodiscard]] Status keep_original(std::string_view bytes, ProcessedItem& item, ProcessedBatch& batch);
  [[nodiscard]] Status seal(ProcessedBatch& batch);
  [[nodiscard]] Result<bool> is_first(const Digest& content_key, uint64_t number);

  const store::Archive& archive_;
  const stage::Stages& stages_;
  const store::BlockSealer& sealer_;
  Claims& claims_;
  std::unique_ptr<stage::Desk> desk_;
  std::string block_;
  double seal_seconds_ = 0;
};

}  // namespace custos::pipeline
