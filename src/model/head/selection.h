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
#include "model/head/prototypes.h"

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

// How the parts' logits are weighed, with or without nearness to prototypes as one more.
struct Joined {
  std::vector<double> factors;   // of the parts, and of nearness where it is used
  std::vector<float> held_back;  // logits of every row
  float sharpness = 0;
  Prototypes prototypes;  // of all rows; empty where they gain too little
};
// units: the rows' last means, of length 1.
[[nodiscard]] Joined join_parts(const Prepared& prepared, std::span<const FittedPart> parts,
                                std::span<const float> units, uint32_t width, uint32_t threads);

}  // namespace custos::model
