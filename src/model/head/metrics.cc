#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "model/head_evaluation.h"

namespace custos::model {
namespace {

constexpr size_t kBins = 15;
constexpr double kLeastShare = 1e-15;

double ratio(double part, double whole, double empty = 0) { return whole > 0 ? part / whole : empty; }

// A score, and whether what it was given to is right.
struct Answer {
  float score = 0;
  bool right = false;
};

uint32_t best_label(std::span<const float> scores) {
  return static_cast<uint32_t>(std::ranges::max_element(scores) - scores.begin());
}

bool has_label(const Judged& judged, size_t text, uint32_t label) {
  return std::ranges::find(judged.truth[text], label) != judged.truth[text].end();
}

// Of each text the highest score; multi-label: all scores.
std::vector<Answer> answers_of(const Judged& judged) {
  std::vector<Answer> answers;
  for (size_t text = 0; text < judged.truth.size(); ++text) {
    const auto row = judged.row(text);
    if (!judged.multi_label) {
      const uint32_t best = best_label(row);
      answers.push_back({row[best], has_label(judged, text, best)});
      continue;
    }
    for (uint32_t label = 0; label < judged.labels; ++label) {
      answers.push_back({row[label], has_label(judged, text, label)});
    }
  }
  return answers;
}

double calibration_error(const std::vector<Answer>& answers) {
  struct Bin {
    double count = 0, scores = 0, right = 0;
  };
  std::vector<Bin> bins(kBins);
  for (const Answer& answer : answers) {
    Bin& bin = bins[std::min(kBins - 1, static_cast<size_t>(answer.score * kBins))];
    bin.count += 1;
    bin.scores += answer.score;
    bin.right += answer.right ? 1 : 0;
  }
  double error = 0;
  for (const Bin& bin : bins) error += std::abs(bin.scores - bin.right);
  return ratio(error, static_cast<double>(answers.size()));
}

// `wanted`: how many answers there would be to find.
std::vector<ThresholdRow> threshold_rows(const std::vector<Answer>& answers, double wanted) {
  std::vector<ThresholdRow> rows;
  for (int percent = 5; percent <= 95; percent += 5) {
    ThresholdRow row{.threshold = percent / 100.0};
    double answered = 0, right = 0;
    for (const Answer& answer : answers) {
      if (answer.score < static_cast<float>(row.threshold)) continue;
      answered += 1;
      right += answer.right ? 1 : 0;
    }
    row.answered = ratio(answered, static_cast<double>(answers.size()));
    row.precision = ratio(right, answered, 1);
    row.recall = ratio(right, wanted);
    rows.push_back(row);
  }
  return rows;
}

std::vector<uint32_t> given_labels(const Judged& judged, size_t text) {
  const auto row = judged.row(text);
  if (!judged.multi_label) return {best_label(row)};
  std::vector<uint32_t> given;
  for (uint32_t label = 0; label < judged.labels; ++label) {
    if (row[label] >= 0.5f) given.push_back(label);
  }
  return given;
}

double log_loss_of(const Judged& judged, size_t text) {
  const auto row = judged.row(text);
  const auto cost = [](double share) { return -std::log(std::max(share, kLeastShare)); };
  if (!judged.multi_label) return cost(row[judged.truth[text].front()]);
  double sum = 0;
  for (uint32_t label = 0; label < judged.labels; ++label) {
    sum += cost(has_label(judged, text, label) ? row[label] : 1 - row[label]);
  }
  return sum;
}

Judged part_of(const Judged& judged, const std::vector<size_t>& texts) {
  Judged part{judged.labels, judged.multi_label, {}, {}};
  for (const size_t text : texts) {
    const auto row = judged.row(text);
    part.scores.insert(part.scores.end(), row.begin(), row.end());
    part.truth.push_back(judged.truth[text]);
  }
  return part;
}

}  // namespace

Metrics measure(const Judged& judged) {
  Metrics metrics;
  metrics.texts = judged.truth.size();
  std::vector<double> given(judged.labels), right(judged.labels);
  metrics.labels.resize(judged.labels);
  double good = 0, loss = 0, wanted = 0;
  for (size_t text = 0; text < judged.truth.size(); ++text) {
    const std::vector<uint32_t> labels = given_labels(judged, text);
    good += labels == judged.truth[text] ? 1 : 0;
    loss += log_loss_of(judged, text);
    wanted += static_cast<double>(judged.truth[text].size());
    for (const uint32_t label : judged.truth[text]) ++metrics.labels[label].texts;
    for (const uint32_t label : labels) {
      given[label] += 1;
      right[label] += has_label(judged, text, label) ? 1 : 0;
    }
  }
  const auto texts = static_cast<double>(metrics.texts);
  metrics.accuracy = ratio(good, texts);
  metrics.log_loss = ratio(loss, texts);
  double occurring = 0;
  for (uint32_t label = 0; label < judged.labels; ++label) {
    LabelMetrics& of = metrics.labels[label];
    of.precision = ratio(right[label], given[label]);
    of.recall = ratio(right[label], static_cast<double>(of.texts));
    of.f1 = ratio(2 * of.precision * of.recall, of.precision + of.recall);
    if (of.texts == 0) continue;
    occurring += 1;
    metrics.macro_f1 += of.f1;
  }
  metrics.macro_f1 = ratio(metrics.macro_f1, occurring);
  const std::vector<Answer> answers = answers_of(judged);
  metrics.calibration_error = calibration_error(answers);
  metrics.thresholds = threshold_rows(answers, wanted);
  return metrics;
}

std::vector<ThresholdRow> thresholds_of(const Judged& judged, uint32_t label) {
  std::vector<Answer> answers;
  double wanted = 0;
  for (size_t text = 0; text < judged.truth.size(); ++text) {
    const bool right = has_label(judged, text, label);
    answers.push_back({judged.row(text)[label], right});
    wanted += right ? 1 : 0;
  }
  return threshold_rows(answers, wanted);
}

ForeignRecall foreign_recall(std::vector<float> known, std::span<const float> foreign, double share) {
  ForeignRecall result{.texts = foreign.size(), .share = share};
  if (known.empty()) return result;
  std::ranges::sort(known);
  const auto rejected = static_cast<size_t>(std::floor(share * static_cast<double>(known.size()) + 1e-9));
  const float threshold = known[std::min(rejected, known.size() - 1)];
  result.threshold = threshold;
  result.recall = ratio(static_cast<double>(std::ranges::count_if(foreign, [&](float s) { return s < threshold; })),
                        static_cast<double>(foreign.size()));
  return result;
}

Evaluation evaluate(const Judged& judged, const std::vector<LabelledText>& texts) {
  Evaluation evaluation{.metrics = measure(judged)};
  for (uint32_t label = 0; label < judged.labels; ++label) {
    evaluation.label_thresholds.push_back(thresholds_of(judged, label));
  }
  std::map<std::string, std::vector<size_t>> slices;
  for (size_t text = 0; text < texts.size(); ++text) {
    if (!texts[text].slice.empty()) slices[texts[text].slice].push_back(text);
  }
  for (const auto& [name, members] : slices) {
    evaluation.slices.emplace_back(name, measure(part_of(judged, members)));
  }
  return evaluation;
}

}  // namespace custos::model
