// Labelled texts made ready: checked, sorted into folds, and turned into rows of features. Private to model/.
#pragma once

#include <memory>
#include <stop_token>
#include <vector>

#include "model/head/features.h"
#include "model/head/jobs.h"
#include "model/head/loss.h"
#include "model/head_training.h"

namespace custos::model {

struct Prepared {
  HeadFeatures features;
  uint32_t dense_floats = 0;     // a row
  uint32_t mean_floats = 0;      // of these, means; maxima follow
  std::vector<size_t> order;     // row r is the text order[r] of the set
  std::vector<size_t> folds;     // where each begins, and the end
  Truth truth;                   // of the rows
  std::vector<float> dense;      // rows × dense_floats, each column of mean 0 and deviation 1
  std::vector<float> middle;     // what was taken from each column,
  std::vector<float> deviation;  // and what it was divided by
  std::vector<float> idf;        // of each bucket; 0: does not occur
  std::vector<SparseRow> sparse;
  uint64_t contradictions = 0, repeated = 0;
};

// Texts that are the same are in the same fold.
[[nodiscard]] Result<Prepared> prepare(const std::shared_ptr<const Encoder>& encoder, const LabelledSet& set,
                                       const TrainingOptions& options, ProgressCounter& progress, std::stop_token stop);

}  // namespace custos::model
