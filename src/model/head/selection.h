// Which settings a head's parts are fitted with, told by what they score on texts that were held back. Private to
// model/.
#pragma once

#include <memory>
#include <span>
#include <stop_token>
#include <vector>

#include "model/head/jobs.h"
#include "model/head/part.h"
#include "model/head/preparation.h"

namespace custos::model {

// A part with the strengths of decay that are tried, the strongest first: each fit goes on from the one before.
struct Candidate {
  const Part* part = nullptr;
  std::vector<double> decays;
};

struct FittedPart {
  size_t candidate = 0;  // which of the group
  double decay = 0;
  std::vector<float> held_back;  // logits of every row, from a fit that did not see its fold
  std::vector<float> numbers;    // of the fit to all rows
};

// One of each group of candidates.
[[nodiscard]] Result<std::vector<FittedPart>> select_parts(const Prepared& prepared,
                                                           std::span<const std::vector<Candidate>> groups,
                                                           uint32_t threads, ProgressCounter& progress,
                                                           std::stop_token stop);

}  // namespace custos::model
