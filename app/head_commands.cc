// custos model train and evaluate, and custos classify: heads over the embedding model.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <optional>
#include <system_error>
#include <thread>

#include "app/commands.h"
#include "app/head_texts.h"
#include "app/json_lines.h"
#include "app/progress.h"
#include "base/file.h"
#include "base/json_writer.h"
#include "model/head.h"
#include "model/head_json.h"
#include "model/head_training.h"

namespace custos::app {
namespace {

using model::Evaluation;
using model::Metrics;

constexpr uint64_t kCardBytesMax = 32 << 20;
constexpr size_t kTextsAtOnce = 64;
constexpr size_t kLabelsShown = 30;

Result<std::shared_ptr<const model::Encoder>> needed_encoder(const CommonOptions& common) {
  ASSIGN_OR_RETURN(auto encoder, load_encoder(common));
  if (encoder == nullptr) {
    return Error{Code::kNotFound,
                 "no embedding model found; custos model fetch gets it, or name its folder with --models"};
  }
  return encoder;
}

uint32_t threads_of(int asked) {
  return asked > 0 ? static_cast<uint32_t>(asked) : std::max(1U, std::thread::hardware_concurrency());
}

ProgressSample sample_of(const std::string& label, uint64_t done, uint64_t all, const char* unit) {
  ProgressSample sample{.label = label, .items = done, .unit = unit};
  if (all > 0) sample.done = static_cast<double>(done) / static_cast<double>(all);
  return sample;
}

// A bar for each step.
class StepProgress {
 public:
  explicit StepProgress(bool quiet) : quiet_(quiet) {}
  void show(const model::TrainingProgress& progress) {
    if (step_ != progress.step) {
      step_ = progress.step;
      bar_.emplace(quiet_);
    }
    bar_->show(sample_of(step_, progress.done, progress.all, step_ == "read" ? "texts" : "fits"));
  }
  void finish() { bar_.reset(); }

 private:
  bool quiet_;
  std::string step_;
  std::optional<Progress> bar_;
};

void print_labels(const std::vector<std::string>& labels, const Metrics& metrics) {
  fmt::print("  {:24} {:>7} {:>9} {:>7} {:>6}\n", "label", "texts", "precision", "recall", "F1");
  for (size_t label = 0; label < std::min(labels.size(), kLabelsShown); ++label) {
    const model::LabelMetrics& of = metrics.labels[label];
    fmt::print("  {:24} {:>7} {:>9.3f} {:>7.3f} {:>6.3f}\n", labels[label], of.texts, of.precision, of.recall, of.f1);
  }
  if (labels.size() > kLabelsShown) fmt::print("  and {} more: --json shows all\n", labels.size() - kLabelsShown);
}

void print_summary(const std::string& name, const Metrics& metrics) {
  fmt::print("{}: {} texts, accuracy {:.4f}, macro F1 {:.4f}, calibration error {:.4f}\n", name, metrics.texts,
             metrics.accuracy, metrics.macro_f1, metrics.calibration_error);
}

void print_evaluation(const std::string& name, const std::vector<std::string>& labels, const Evaluation& evaluation) {
  print_summary(name, evaluation.metrics);
  if (evaluation.foreign.texts > 0) {
    fmt::print("out of scope: {} texts, recall {:.3f} at {:.0f} % false rejections (threshold {:.4f})\n",
               evaluation.foreign.texts, evaluation.foreign.recall, evaluation.foreign.share * 100,
               evaluation.foreign.threshold);
  }
  print_labels(labels, evaluation.metrics);
  for (const auto& [slice, metrics] : evaluation.slices) print_summary("  slice " + slice, metrics);
  fmt::print("  {:>9} {:>9} {:>9} {:>7}\n", "threshold", "answered", "precision", "recall");
  for (const model::ThresholdRow& row : evaluation.metrics.thresholds) {
    fmt::print("  {:>9.2f} {:>9.3f} {:>9.3f} {:>7.3f}\n", row.threshold, row.answered, row.precision, row.recall);
  }
}

// Without folders: a card is for other machines, too.
std::string command_of(const TrainCommand& command) {
  std::string text = "custos model train " + command.task;
  for (const auto& file : command.data) text += " " + file.filename().string();
  text += fmt::format(" --out {} --seed {}", command.out.filename().string(), command.seed);
  if (!command.valid.empty()) text += " --valid " + command.valid.filename().string();
  if (!command.licence.empty()) text += fmt::format(" --licence '{}'", command.licence);
  return text;
}

void print_report(const model::TrainingReport& report, const model::LabelledSet& set) {
  fmt::print("{} texts, {} labels; decay {} over {}, {} over n-grams; each part alone {:.4f} and {:.4f}\n",
             report.texts, set.labels.size(), report.dense_decay, report.maxima ? "means and maxima" : "means",
             report.ngram_decay, report.dense_accuracy, report.ngram_accuracy);
  if (report.contradictions > 0) {
    fmt::print(stderr, "custos: {} texts occur with different labels: no head can be right on all of them\n",
               report.contradictions);
  }
  print_evaluation("held back in turn", set.labels, report.held_back);
}

Status train(const CommonOptions& common, const TrainCommand& command, std::stop_token stop) {
  ASSIGN_OR_RETURN(const auto encoder, needed_encoder(common));
  ASSIGN_OR_RETURN(HeadTexts texts, HeadTexts::create(common));
  model::TrainingFacts facts{command.task,
                             command.licence.empty() ? "not stated" : command.licence,
                             command_of(command),
                             CUSTOS_VERSION,
                             {},
                             {}};
  model::LabelledSet set;
  for (const auto& file : command.data) {
    ASSIGN_OR_RETURN(auto data, texts.append(file, HeadTexts::Labels::kGrow, set));
    facts.data.push_back(std::move(data));
  }
  sort_labels(set);
  model::LabelledSet valid{.labels = set.labels, .multi_label = set.multi_label};
  if (!command.valid.empty()) {
    ASSIGN_OR_RETURN(auto data, texts.append(command.valid, HeadTexts::Labels::kFixed, valid));
    facts.valid.push_back(std::move(data));
  }
  StepProgress progress(common.quiet);
  const model::TrainingOptions options{.seed = command.seed, .threads = threads_of(command.threads)};
  auto trained = model::train_head(
      encoder, set, options, [&](const model::TrainingProgress& now) { progress.show(now); }, stop);
  progress.finish();
  if (!trained.ok()) return trained.error();
  ASSIGN_OR_RETURN(const auto evaluation,
                   (*trained)->save(command.out, facts, command.valid.empty() ? nullptr : &valid, stop));
  if (common.json) {
    ASSIGN_OR_RETURN(const std::string card, read_file(command.out / "card.json", kCardBytesMax));
    return print_line(card);
  }
  print_report((*trained)->report(), set);
  if (evaluation != nullptr) print_evaluation(command.valid.filename().string(), set.labels, *evaluation);
  fmt::print("written to {}\n", command.out.string());
  return {};
}

Status evaluate(const CommonOptions& common, const EvaluateCommand& command, std::stop_token stop) {
  ASSIGN_OR_RETURN(const auto encoder, needed_encoder(common));
  ASSIGN_OR_RETURN(const auto head, model::Head::load(command.head, *encoder));
  ASSIGN_OR_RETURN(HeadTexts texts, HeadTexts::create(common));
  model::LabelledSet set{.labels = head->labels(), .multi_label = head->multi_label()};
  for (const auto& file : command.data) {
    ASSIGN_OR_RETURN(const auto data, texts.append(file, HeadTexts::Labels::kFixed, set));
  }
  Progress bar(common.quiet);
  const uint64_t all = set.texts.size() + set.foreign.size();
  auto evaluation = model::evaluate_head(
      encoder, head, set, threads_of(command.threads),
      [&](uint64_t done) { bar.show(sample_of("evaluate", done, all, "texts")); }, stop);
  bar.finish();
  if (!evaluation.ok()) return evaluation.error();
  if (!common.json) {
    print_evaluation(head->version(), head->labels(), *evaluation);
    return {};
  }
  JsonWriter w;
  w.begin_object().key("task").value(head->task()).key("model").value(head->version()).key("metrics");
  model::write_evaluation(w, head->labels(), *evaluation);
  return print_line(w.end_object().text());
}

// The folders named, or those in heads/ beside the models.
Result<std::vector<std::shared_ptr<const model::Head>>> load_heads(const CommonOptions& common,
                                                                   std::vector<std::filesystem::path> folders,
                                                                   const model::Encoder& encoder) {
  for (const auto& models : folders.empty() ? model_folders(common) : std::vector<std::filesystem::path>{}) {
    std::error_code failure;
    for (const auto& entry : std::filesystem::directory_iterator(models / "heads", failure)) {
      if (std::filesystem::exists(entry.path() / "card.json", failure)) folders.push_back(entry.path());
    }
    std::ranges::sort(folders);
    if (!folders.empty()) break;
  }
  if (folders.empty()) {
    return Error{Code::kNotFound, "no head found; name its folder with --head; custos model train makes one"};
  }
  std::vector<std::shared_ptr<const model::Head>> heads;
  for (const auto& folder : folders) {
    ASSIGN_OR_RETURN(auto head, model::Head::load(folder, encoder));
    heads.push_back(std::move(head));
  }
  return heads;
}

// Reads lines, and answers them in batches of one pass of the encoder.
class ClassifyFilter {
 public:
  ClassifyFilter(std::unique_ptr<model::HeadSession> session, std::vector<std::shared_ptr<const model::Head>> heads,
                 HeadTexts texts, bool all)
      : session_(std::move(session)), heads_(std::move(heads)), texts_(std::move(texts)), all_(all) {}

  [[nodiscard]] Status take(std::string_view line, uint64_t number) {
    auto read = texts_.read(line, number);
    if (!read.ok()) {
      some_failed_ = true;
      fmt::print(stderr, "custos: {}\n", read.error().message);
      return {};
    }
    lines_.push_back(std::move(*read));
    return lines_.size() < kTextsAtOnce ? Status() : answer();
  }

  [[nodiscard]] Status answer() {
    std::vector<std::string_view> texts;
    for (const HeadTexts::Line& line : lines_) texts.emplace_back(line.text);
    std::vector<std::vector<float>> scores;
    RETURN_IF_ERROR(session_->classify(texts, scores, nullptr));
    for (size_t i = 0; i < lines_.size(); ++i) {
      JsonWriter w;
      w.begin_object().key("id").raw(lines_[i].id).key("labels").begin_array();
      for (size_t h = 0; h < heads_.size(); ++h) {
        const size_t labels = heads_[h]->labels().size();
        write(w, *heads_[h], std::span(scores[h]).subspan(i * labels, labels));
      }
      RETURN_IF_ERROR(print_line(w.end_array().end_object().text()));
    }
    lines_.clear();
    return {};
  }
  [[nodiscard]] bool some_failed() const { return some_failed_; }

 private:
  // The best label, or of a multi-label head those that are more likely than not; the highest score first.
  void write(JsonWriter& w, const model::Head& head, std::span<const float> scores) const {
    std::vector<size_t> order(scores.size());
    for (size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::stable_sort(order, std::greater<>(), [&](size_t label) { return scores[label]; });
    for (size_t rank = 0; rank < order.size(); ++rank) {
      const float score = scores[order[rank]];
      if (!all_ && (head.multi_label() ? score < 0.5f : rank > 0)) break;
      w.begin_object().key("task").value(head.task()).key("label").value(head.labels()[order[rank]]);
      w.key("score").value(score).key("model").value(head.version()).end_object();
    }
  }

  std::unique_ptr<model::HeadSession> session_;
  std::vector<std::shared_ptr<const model::Head>> heads_;
  HeadTexts texts_;
  bool all_;
  bool some_failed_ = false;
  std::vector<HeadTexts::Line> lines_;
};

Result<bool> classify(const CommonOptions& common, const ClassifyCommand& command) {
  ASSIGN_OR_RETURN(const auto encoder, needed_encoder(common));
  ASSIGN_OR_RETURN(auto heads, load_heads(common, command.heads, *encoder));
  ASSIGN_OR_RETURN(HeadTexts texts, HeadTexts::create(common));
  ASSIGN_OR_RETURN(auto session, model::HeadSession::create(encoder, heads));
  ClassifyFilter filter(std::move(session), std::move(heads), std::move(texts), command.all);
  RETURN_IF_ERROR(for_each_line(
      stdin, [&](std::string_view line, uint64_t number) -> Status { return filter.take(line, number); }));
  RETURN_IF_ERROR(filter.answer());
  return filter.some_failed();
}

}  // namespace

int run_model_train(const CommonOptions& common, const TrainCommand& command, std::stop_token stop) {
  const Status done = train(common, command, std::move(stop));
  return done.ok() ? kExitDone : report(done.error());
}

int run_model_evaluate(const CommonOptions& common, const EvaluateCommand& command, std::stop_token stop) {
  const Status done = evaluate(common, command, std::move(stop));
  return done.ok() ? kExitDone : report(done.error());
}

int run_classify(const CommonOptions& common, const ClassifyCommand& command) {
  const auto some_failed = classify(common, command);
  if (!some_failed.ok()) return report(some_failed.error());
  return *some_failed ? kExitSomeFailed : kExitDone;
}

}  // namespace custos::app
