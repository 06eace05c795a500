#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <system_error>

#include "base/file.h"
#include "model/head/card.h"
#include "model/head/linear_head.h"
#include "model/head/selection.h"
#include "model/head_training.h"

namespace custos::model {
namespace {

// Of the weights' square, with features of deviation 1, and of rows of length 1. docs/heads.md says how they were
// found.
const std::vector<double> kDenseDecays = {0.3, 0.1, 0.03, 0.01, 0.003};
const std::vector<double> kNgramDecays = {1e-4, 3e-5, 1e-5, 3e-6, 1e-6};
const std::vector<double> kHingeDecays = {1e-3, 3e-4, 1e-4, 3e-5};

// The parts' weights, each times its factor, as one linear model of what a head reads.
HeadWeights weights_of(const Prepared& prepared, const NgramPart& ngrams, uint32_t dense_floats,
                       std::span<const FittedPart> parts, const Joined& joined) {
  const std::vector<double>& factors = joined.factors;
  const size_t labels = prepared.truth.labels;
  HeadWeights weights{.idf = prepared.idf};
  weights.dense.resize(labels * dense_floats);
  weights.bias.resize(labels);
  for (size_t label = 0; label < labels; ++label) {
    const float* const from = parts[0].numbers.data() + label * dense_floats;
    double bias = factors[0] * parts[0].numbers[labels * dense_floats + label];
    for (size_t i = 0; i < dense_floats; ++i) {
      const double weight = factors[0] * from[i] / prepared.deviation[i];
      weights.dense[label * dense_floats + i] = static_cast<float>(weight);
      bias -= weight * prepared.middle[i];
    }
    bias += factors[1] * parts[1].numbers[ngrams.used().size() * labels + label];
    weights.bias[label] = static_cast<float>(bias);
  }
  weights.ngrams.resize(prepared.idf.size() * labels);
  for (size_t place = 0; place < ngrams.used().size(); ++place) {
    for (size_t label = 0; label < labels; ++label) {
      weights.ngrams[ngrams.used()[place] * labels + label] =
          static_cast<float>(factors[1] * parts[1].numbers[place * labels + label]);
    }
  }
  if (joined.prototypes.counts.empty()) return weights;
  const size_t width = joined.prototypes.vectors.size() /
                       std::accumulate(joined.prototypes.counts.begin(), joined.prototypes.counts.end(), size_t{0});
  const auto last = std::span(prepared.middle).first(prepared.mean_floats).last(width);
  weights.middle.assign(last.begin(), last.end());
  for (const float deviation : std::span(prepared.deviation).first(prepared.mean_floats).last(width)) {
    weights.scale.push_back(1 / deviation);
  }
  weights.prototypes = joined.prototypes.vectors;
  weights.prototype_settings = {joined.sharpness, static_cast<float>(factors[2])};
  return weights;
}

Judged judged_of(const Truth& truth, std::vector<float> logits) {
  Judged judged{truth.labels, truth.multi_label, std::move(logits), truth.rows};
  for (size_t row = 0; row < truth.rows.size(); ++row) {
    to_scores(truth.multi_label, std::span(judged.scores).subspan(row * truth.labels, truth.labels));
  }
  return judged;
}

Evaluation evaluate_rows(const Prepared& prepared, const LabelledSet& set, const Judged& judged) {
  std::vector<LabelledText> texts;
  for (const size_t text : prepared.order) texts.push_back({{}, {}, set.texts[text].slice});
  return evaluate(judged, texts);
}

double accuracy_of(const Truth& truth, const FittedPart& part) {
  return measure(judged_of(truth, part.held_back)).accuracy;
}

class TrainedLinearHead final : public TrainedHead {
 public:
  TrainedLinearHead(std::shared_ptr<const Encoder> encoder, HeadIdentity identity, HeadWeights weights,
                    TrainingReport report, const TrainingOptions& options)
      : encoder_(std::move(encoder)),
        identity_(std::move(identity)),
        weights_(std::move(weights)),
        report_(std::move(report)),
        options_(options) {}

  const TrainingReport& report() const override { return report_; }

  Result<std::unique_ptr<Evaluation>> save(const std::filesystem::path& folder, const TrainingFacts& facts,
                                           const LabelledSet* valid, std::stop_token stop) const override {
    if (!is_task_name(facts.task)) {
      return Error{Code::kInvalidArgument, "a task's name is 1 to 64 letters, digits, _ or -"};
    }
    std::error_code failure;
    if (std::filesystem::exists(folder, failure) && !std::filesystem::is_empty(folder, failure)) {
      return Error{Code::kConflict,
                   fmt::format("{} exists; a head is never overwritten: name a new folder", folder.string())};
    }
    std::filesystem::path part = folder.has_filename() ? folder : folder.parent_path();
    part += ".part";
    std::filesystem::create_directories(part, failure);
    auto evaluation = write(part, facts, valid, std::move(stop));
    if (evaluation.ok()) {
      std::filesystem::rename(part, folder, failure);
      if (failure) evaluation = Error{Code::kIo, fmt::format("cannot rename {}: {}", part.string(), failure.message())};
    }
    if (!evaluation.ok()) std::filesystem::remove_all(part, failure);
    return evaluation;
  }

 private:
  [[nodiscard]] Result<std::unique_ptr<Evaluation>> write(const std::filesystem::path& folder,
                                                          const TrainingFacts& facts, const LabelledSet* valid,
                                                          std::stop_token stop) const {
    HeadIdentity identity = identity_;
    identity.task = facts.task;
    const auto labels = static_cast<uint32_t>(identity.labels.size());
    RETURN_IF_ERROR(write_file_durably(folder / kWeightsName, weights_file(weights_, labels)));
    ASSIGN_OR_RETURN(const ReadWeights read, read_weights(folder / kWeightsName, identity, encoder_->width()));
    identity.version = read.version;
    const auto write_card = [&](const Evaluation* evaluation) {
      return write_file_durably(folder / kCardName,
                                card_json(identity, facts, options_, encoder_->instructions(), report_, evaluation));
    };
    RETURN_IF_ERROR(write_card(nullptr));
    if (valid == nullptr) return std::unique_ptr<Evaluation>();
    ASSIGN_OR_RETURN(const auto head, Head::load(folder, *encoder_));
    ASSIGN_OR_RETURN(Evaluation evaluation,
                     evaluate_head(encoder_, head, *valid, options_.threads, {}, std::move(stop)));
    RETURN_IF_ERROR(write_card(&evaluation));
    return std::make_unique<Evaluation>(std::move(evaluation));
  }

  std::shared_ptr<const Encoder> encoder_;
  HeadIdentity identity_;
  HeadWeights weights_;
  TrainingReport report_;
  TrainingOptions options_;
};

}  // namespace

Result<std::unique_ptr<TrainedHead>> train_head(const std::shared_ptr<const Encoder>& encoder, const LabelledSet& set,
                                                const TrainingOptions& options,
                                                const std::function<void(const TrainingProgress&)>& tell,
                                                std::stop_token stop) {
  ProgressCounter progress(tell);
  ASSIGN_OR_RETURN(Prepared prepared, prepare(encoder, set, options, progress, stop));
  const uint32_t all = prepared.dense_floats;
  const DensePart means(prepared.truth, prepared.dense, all, prepared.mean_floats);
  const DensePart with_maxima(prepared.truth, prepared.dense, all, all);
  const NgramPart ngrams(prepared.truth, prepared.sparse, static_cast<uint32_t>(prepared.idf.size()));
  const NgramPart hinged(ngrams, Loss::kSquaredHinge);
  std::vector<std::vector<Candidate>> groups = {{{&means, kDenseDecays}},
                                                {{&ngrams, kNgramDecays}, {&hinged, kHingeDecays}}};
  if (prepared.features.maxima) groups[0].push_back({&with_maxima, kDenseDecays});
  ASSIGN_OR_RETURN(const auto parts, select_parts(prepared, groups, options.threads, progress, stop));

  const uint32_t width = encoder->width();
  const std::vector<float> units =
      unit_rows(std::span<const float>(prepared.dense).subspan(prepared.mean_floats - width), all, {}, {}, width);
  const Joined joined = join_parts(prepared, parts, units, width, options.threads);
  TrainingReport report{.texts = set.texts.size(),
                        .contradictions = prepared.contradictions,
                        .repeated = prepared.repeated,
                        .dense_decay = parts[0].decay,
                        .ngram_decay = parts[1].decay,
                        .dense_share = joined.factors[0],
                        .ngram_share = joined.factors[1],
                        .prototype_share = joined.factors.size() > 2 ? joined.factors[2] : 0,
                        .dense_accuracy = accuracy_of(prepared.truth, parts[0]),
                        .ngram_accuracy = accuracy_of(prepared.truth, parts[1]),
                        .maxima = parts[0].candidate == 1,
                        .hinge = parts[1].candidate == 1};
  report.held_back = evaluate_rows(prepared, set, judged_of(prepared.truth, joined.held_back));
  HeadIdentity identity{.labels = set.labels,
                        .multi_label = set.multi_label,
                        .encoder = encoder->version(),
                        .features = prepared.features};
  identity.features.maxima = report.maxima;
  identity.features.prototypes = joined.prototypes.counts;
  HeadWeights weights = weights_of(prepared, ngrams, report.maxima ? all : prepared.mean_floats, parts, joined);
  return std::unique_ptr<TrainedHead>(std::make_unique<TrainedLinearHead>(
      encoder, std::move(identity), std::move(weights), std::move(report), options));
}

}  // namespace custos::model
