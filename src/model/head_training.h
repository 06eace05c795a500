// Makes heads: features of labelled texts, a search for settings by cross-validation, weights, calibration, a card.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/encoder.h"
#include "model/head.h"
#include "model/head_evaluation.h"

namespace custos::model {

inline constexpr size_t kTrainingTextsMax = 100'000;
inline constexpr size_t kHeadLabelsMax = 1000;

struct TrainingOptions {
  uint64_t seed = 1;     // which texts are held back together
  uint32_t folds = 5;    // of the cross-validation: at least 2
  uint32_t threads = 1;  // the result is the same with any number
};

struct TrainingProgress {
  const char* step = "";  // what is being done
  uint64_t done = 0, all = 0;
};

// What is known only to who calls.
struct TrainingFacts {
  struct Data {
    std::string name, sha256;
    uint64_t texts = 0;
  };
  // task: see Head::task. licence: of the data, in words.
  std::string task, licence, command, program_version;
  std::vector<Data> data;   // trained on
  std::vector<Data> valid;  // evaluated on
};

// What training found out, all on texts that the weights judging them were not fitted to.
struct TrainingReport {
  uint64_t texts = 0;
  uint64_t contradictions = 0;                                   // distinct texts that occur with different labels
  uint64_t repeated = 0;                                         // texts that occur before, whatever their labels
  double dense_decay = 0, ngram_decay = 0;                       // strength of the weights' decay that was chosen
  double dense_share = 0, ngram_share = 0, prototype_share = 0;  // factors of the two parts' logits
  double dense_accuracy = 0, ngram_accuracy = 0;                 // of each part alone
  bool maxima = false;
  bool hinge = false;  // the n-grams' part is fitted by the squared hinge
  Evaluation held_back;
};

class TrainedHead {
 public:
  virtual ~TrainedHead() = default;
  [[nodiscard]] virtual const TrainingReport& report() const = 0;
  // Writes head.safetensors and card.json into the folder `folder`, which must not exist yet or be empty (kConflict):
  // a head that may be in use is never overwritten. It appears whole or not at all. `valid`, or null, is evaluated with
  // what was written, and the metrics are put on the card; they come back (null: none).
  [[nodiscard]] virtual Result<std::unique_ptr<Evaluation>> save(const std::filesystem::path& folder,
                                                                 const TrainingFacts& facts, const LabelledSet* valid,
                                                                 std::stop_token stop) const = 0;
};

// kInvalidArgument: fewer than two labels, or a label with fewer than two distinct texts (names it); kLimit: more texts
// or labels than the maxima above; kCancelled. `progress` is called from one thread at a time.
[[nodiscard]] Result<std::unique_ptr<TrainedHead>> train_head(
    const std::shared_ptr<const Encoder>& encoder, const LabelledSet& set, const TrainingOptions& options,
    const std::function<void(const TrainingProgress&)>& progress, std::stop_token stop);

}  // namespace custos::model
