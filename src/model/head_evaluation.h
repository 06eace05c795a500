// How good scores are, against labels that people gave.
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
#include "model/head.h"

namespace custos::model {

struct LabelledText {
  std::string text;
  std::vector<uint32_t> labels;  // numbers in LabelledSet::labels, rising; exactly one unless the set is multi-label
  std::string slice;             // where it is from, for metrics by slice; may be empty
};

struct LabelledSet {
  std::vector<std::string> labels;
  bool multi_label = false;
  std::vector<LabelledText> texts;
  std::vector<std::string> foreign;  // texts that belong to none of the labels; only evaluation uses them
};

// Texts × labels. A text of a head that is not multi-label has one label.
struct Judged {
  uint32_t labels = 0;
  bool multi_label = false;
  std::vector<float> scores;                 // row-major
  std::vector<std::vector<uint32_t>> truth;  // of each text
  [[nodiscard]] std::span<const float> row(size_t text) const {
    return std::span(scores).subspan(text * labels, labels);
  }
};

struct LabelMetrics {
  uint64_t texts = 0;  // that have it
  double precision = 0, recall = 0, f1 = 0;
};

// What comes of taking only scores from `threshold` on.
struct ThresholdRow {
  double threshold = 0;
  double answered = 0;   // share of the texts; for one label: share that it is given to
  double precision = 0;  // of these, the share that is right; 1 where there are none
  double recall = 0;     // of all texts (that have the label), the share that is answered and right
};

struct Metrics {
  uint64_t texts = 0;
  double accuracy = 0;  // the label of the highest score is right; multi-label: all labels are, at 0.5
  double macro_f1 = 0;  // over labels that occur
  double log_loss = 0;
  // Mean distance of score and share of right ones, in 15 bins of equal width of the highest score (multi-label: of all
  // scores). Guo et al., "On Calibration of Modern Neural Networks" (2017).
  double calibration_error = 0;
  std::vector<LabelMetrics> labels;
  std::vector<ThresholdRow> thresholds;  // of the highest score, or of all labels' scores together
};

[[nodiscard]] Metrics measure(const Judged& judged);
// Of one label, whatever the others score.
[[nodiscard]] std::vector<ThresholdRow> thresholds_of(const Judged& judged, uint32_t label);

// The highest threshold below which at most `share` of the known texts' highest scores lie, and the share of the
// foreign texts' highest scores below it.
struct ForeignRecall {
  uint64_t texts = 0;  // foreign
  double share = 0.02;
  double threshold = 0, recall = 0;
};
[[nodiscard]] ForeignRecall foreign_recall(std::vector<float> known, std::span<const float> foreign, double share);

struct Evaluation {
  Metrics metrics;
  std::vector<std::vector<ThresholdRow>> label_thresholds;  // of each label
  std::vector<std::pair<std::string, Metrics>> slices;      // by name; none where no text names one
  ForeignRecall foreign;                                    // where the set has foreign texts
};

// Metrics of everything in `judged`, whose text i is texts[i].
[[nodiscard]] Evaluation evaluate(const Judged& judged, const std::vector<LabelledText>& texts);

// Scores the set, whose labels are the head's, and evaluates that. kInvalidArgument where it has no texts, kCancelled.
// `progress` is told how many texts are done, from one thread at a time.
[[nodiscard]] Result<Evaluation> evaluate_head(const std::shared_ptr<const Encoder>& encoder,
                                               const std::shared_ptr<const Head>& head, const LabelledSet& set,
                                               uint32_t threads, const std::function<void(uint64_t)>& progress,
                                               std::stop_token stop);

}  // namespace custos::model
