// Everything but the originals, made anew from the originals: after a change of stages, or of their settings.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>

#include "base/result.h"
#include "pipeline/embedding.h"
#include "stage/stages.h"
#include "store/archive.h"

namespace custos::pipeline {

struct RebuildOptions {
  uint32_t workers = 0;  // 0: one a core
  bool index_subject = true;
};

struct RebuildReport {
  uint64_t messages = 0;
  uint64_t embedded = 0;  // texts; the cache gave the other vectors
  uint64_t kept = 0;      // messages whose vectors needed no making
  stage::StepTimes times;
};

// Called now and then with the messages done and in all.
using RebuildProgress = std::function<void(uint64_t done, uint64_t total)>;

// The old segments stay in force until the last moment; stopped or failed, the archive is as it was, but for the cache
// of vectors, so that a second try goes faster. `embedding` null: the messages have no vectors afterwards.
// REQUIRES: the archive is open for writing.
[[nodiscard]] Result<RebuildReport> rebuild(store::Archive& archive, const stage::Stages& stages,
                                            const Embedding* embedding, const RebuildOptions& options,
                                            const RebuildProgress& on_progress, std::stop_token stop);

// What is made anew from the segments, without their originals.
struct ReindexParts {
  bool postings = false;
  bool index_subject = true;
  const Embedding* embedding = nullptr;  // null: the vectors stay
};

// The same, but from the segments' texts: the chunks stay as they were cut. Stopped, it goes on where it was next time.
[[nodiscard]] Result<RebuildReport> reindex(store::Archive& archive, const ReindexParts& parts, uint32_t workers,
                                            const RebuildProgress& on_progress, const std::stop_token& stop);

}  // namespace custos::pipeline
