#include "model/head/card.h"

#include <algorithm>
#include <cmath>

#include "model/head_json.h"

namespace custos::model {
namespace {

// Curves a label are only written for so many labels: they are for tasks whose labels have thresholds of their own.
constexpr size_t kCurvesMax = 20;

double rounded(double number) { return std::round(number * 1e4) / 1e4; }

void write_thresholds(JsonWriter& w, const std::vector<ThresholdRow>& rows) {
  w.begin_array();
  for (const ThresholdRow& row : rows) {
    w.begin_object().key("threshold").value(row.threshold).key("answered").value(rounded(row.answered));
    w.key("precision").value(rounded(row.precision)).key("recall").value(rounded(row.recall)).end_object();
  }
  w.end_array();
}

void write_summary(JsonWriter& w, const Metrics& metrics) {
  w.key("texts").value(metrics.texts).key("accuracy").value(rounded(metrics.accuracy));
  w.key("macro_f1").value(rounded(metrics.macro_f1)).key("log_loss").value(rounded(metrics.log_loss));
  w.key("ece").value(rounded(metrics.calibration_error));
}

void write_labels(JsonWriter& w, const std::vector<std::string>& labels, const Metrics& metrics) {
  w.key("labels").begin_array();
  for (size_t label = 0; label < labels.size(); ++label) {
    const LabelMetrics& of = metrics.labels[label];
    w.begin_object().key("label").value(labels[label]).key("texts").value(of.texts);
    w.key("precision").value(rounded(of.precision)).key("recall").value(rounded(of.recall));
    w.key("f1").value(rounded(of.f1)).end_object();
  }
  w.end_array();
}

void write_data(JsonWriter& w, const char* name, const std::vector<TrainingFacts::Data>& files) {
  w.key(name).begin_array();
  for (const TrainingFacts::Data& file : files) {
    w.begin_object().key("name").value(file.name).key("sha256").value(file.sha256);
    w.key("texts").value(file.texts).end_object();
  }
  w.end_array();
}

const char* instructions_name(InstructionSet set) {
  switch (set) {
    case InstructionSet::kBest:
      break;
    case InstructionSet::kPortable:
      return "portable";
    case InstructionSet::kAvx2:
      return "avx2";
    case InstructionSet::kAvx512:
      return "avx512";
    case InstructionSet::kAvx512Bf16:
      return "avx512_bf16";
    case InstructionSet::kAmx:
      return "amx";
  }
  return "best";
}

void write_training(JsonWriter& w, const TrainingOptions& options, InstructionSet instructions,
                    const TrainingReport& report) {
  w.key("training").begin_object().key("seed").value(options.seed).key("folds").value(options.folds);
  w.key("encoder_arithmetic").value(instructions_name(instructions)).key("texts").value(report.texts);
  w.key("texts_repeated").value(report.repeated).key("texts_contradictory").value(report.contradictions);
  w.key("ngram_loss").value(report.hinge ? "squared hinge" : "cross entropy");
  w.key("dense_decay").value(report.dense_decay).key("ngram_decay").value(report.ngram_decay);
  w.key("dense_factor").value(rounded(report.dense_share)).key("ngram_factor").value(rounded(report.ngram_share));
  w.key("prototype_factor").value(rounded(report.prototype_share));
  w.key("dense_accuracy").value(rounded(report.dense_accuracy));
  w.key("ngram_accuracy").value(rounded(report.ngram_accuracy)).end_object();
}

}  // namespace

void write_evaluation(JsonWriter& w, const std::vector<std::string>& labels, const Evaluation& evaluation) {
  w.begin_object();
  write_summary(w, evaluation.metrics);
  if (evaluation.foreign.texts > 0) {
    w.key("out_of_scope").begin_object().key("texts").value(evaluation.foreign.texts);
    w.key("false_rejections").value(evaluation.foreign.share);
    w.key("threshold").value(rounded(evaluation.foreign.threshold));
    w.key("recall").value(rounded(evaluation.foreign.recall)).end_object();
  }
  write_labels(w, labels, evaluation.metrics);
  w.key("thresholds");
  write_thresholds(w, evaluation.metrics.thresholds);
  if (labels.size() <= kCurvesMax) {
    w.key("label_thresholds").begin_object();
    for (size_t label = 0; label < labels.size(); ++label) {
      w.key(labels[label]);
      write_thresholds(w, evaluation.label_thresholds[label]);
    }
    w.end_object();
  }
  w.key("slices").begin_object();
  for (const auto& [name, metrics] : evaluation.slices) {
    w.key(name).begin_object();
    write_summary(w, metrics);
    if (labels.size() <= kCurvesMax) write_labels(w, labels, metrics);
    w.end_object();
  }
  w.end_object().end_object();
}

std::string card_json(const HeadIdentity& identity, const TrainingFacts& facts, const TrainingOptions& options,
                      InstructionSet instructions, const TrainingReport& report, const Evaluation* valid) {
  JsonWriter w;
  w.begin_object();
  write_identity(w, identity);
  w.key("licence_of_data").value(facts.licence).key("command").value(facts.command);
  w.key("custos").value(facts.program_version);
  write_data(w, "data", facts.data);
  if (valid != nullptr) write_data(w, "valid_data", facts.valid);
  write_training(w, options, instructions, report);
  w.key("metrics_held_back");
  write_evaluation(w, identity.labels, report.held_back);
  if (valid != nullptr) {
    w.key("metrics_valid");
    write_evaluation(w, identity.labels, *valid);
  }
  w.end_object();
  return w.take();
}

}  // namespace custos::model
