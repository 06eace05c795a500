// Everything but the originals, made anew from the originals: after a change of stages, or of their settings.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>

#include "base/result.h"
#include "stage/stages.h"
#include "store/archive.h"

namespace custos::pipeline {

struct RebuildReport {
  uint64_t messages = 0;
  stage::StepTimes times;
};

// Called by the writer now and then with the messages done and in all.
using RebuildProgress = std::function<void(uint64_t done, uint64_t total)>;

// The old segments stay in force until the last moment; stopped or failed, the archive is as it was. `workers`: 0 is
// one a core. REQUIRES: the archive is open for writing.
[[nodiscard]] Result<RebuildReport> rebuild(store::Archive& archive, const stage::Stages& stages, uint32_t workers,
                                            const RebuildProgress& on_progress, std::stop_token stop);

}  // namespace custos::pipeline
