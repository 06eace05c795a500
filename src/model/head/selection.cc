#include "model/head/selection.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace custos::model {
namespace {

constexpr std::array<float, 3> kSharpness = {10, 20, 33};
constexpr double kNearnessGain = 0.01;  // prototypes are only kept where the loss falls by this share
constexpr size_t kScreenedFolds = 2;    // settings are compared on so many, then judged on all

HeldBack fold_of(const Prepared& prepared, size_t fold) { return {prepared.folds[fold], prepared.folds[fold + 1]}; }

// What the fits of one candidate without one fold made of that fold.
struct Path {
  std::vector<std::vector<float>> logits;  // of each decay
  std::vector<double> losses;
};

// Weaker and weaker decay, until it costs.
Path follow(const Prepared& prepared, const Candidate& candidate, size_t fold, ProgressCounter& progress,
            const std::stop_token& stop) {
  const HeldBack held_back = fold_of(prepared, fold);
  Path path;
  std::vector<float> x(candidate.part->numbers());
  for (const double decay : candidate.decays) {
    const bool worse = path.losses.size() >= 2 && path.losses.back() > path.losses[path.losses.size() - 2];
    if (!worse && !stop.stop_requested() && held_back.end > held_back.begin) {
      candidate.part->fit(held_back, decay, stop, x);
      path.logits.push_back(candidate.part->logits(x, held_back.begin, held_back.end));
      path.losses.push_back(tempered_loss(prepared.truth, held_back.begin, held_back.end, path.logits.back()));
    }
    progress.add(1);
  }
  return path;
}

struct Best {
  size_t candidate = 0, decay = 0;
  double loss = INFINITY;
};

// paths[candidate][fold]
Best best_of(const std::vector<std::vector<Path>>& paths) {
  Best best;
  for (size_t candidate = 0; candidate < paths.size(); ++candidate) {
    size_t decays = SIZE_MAX;
    for (const Path& path : paths[candidate]) decays = std::min(decays, path.losses.size());
    for (size_t decay = 0; decay < decays; ++decay) {
      double loss = 0;
      for (const Path& path : paths[candidate]) loss += path.losses[decay];
      if (loss < best.loss) best = {candidate, decay, loss};
    }
  }
  return best;
}

using Paths = std::vector<std::vector<std::vector<Path>>>;  // [group][candidate][fold]

Paths screen(const Prepared& prepared, std::span<const std::vector<Candidate>> groups, uint32_t threads,
             ProgressCounter& progress, const std::stop_token& stop) {
  const size_t folds = std::min(kScreenedFolds, prepared.folds.size() - 1);
  Paths paths(groups.size());
  std::vector<std::function<void()>> jobs;
  uint64_t fits = 0;
  for (size_t group = 0; group < groups.size(); ++group) {
    paths[group].assign(groups[group].size(), std::vector<Path>(folds));
    for (size_t candidate = 0; candidate < groups[group].size(); ++candidate) {
      fits += folds * groups[group][candidate].decays.size();
      for (size_t fold = 0; fold < folds; ++fold) {
        jobs.emplace_back([&, group, candidate, fold] {
          paths[group][candidate][fold] = follow(prepared, groups[group][candidate], fold, progress, stop);
        });
      }
    }
  }
  progress.begin("choose settings", fits);
  run_jobs(threads, jobs);
  return paths;
}

// The chosen candidate without each of the other folds, and with all.
void finish(const Prepared& prepared, const Part& part, FittedPart& fitted, std::vector<std::function<void()>>& jobs,
            ProgressCounter& progress, const std::stop_token& stop) {
  const size_t folds = prepared.folds.size() - 1;
  for (size_t fold = std::min(kScreenedFolds, folds); fold <= folds; ++fold) {
    jobs.emplace_back([&prepared, &part, &fitted, &progress, fold, folds, stop] {
      const HeldBack held_back = fold < folds ? fold_of(prepared, fold) : HeldBack{};
      std::vector<float> x(part.numbers());
      part.fit(held_back, fitted.decay, stop, x);
      if (fold < folds) {
        const std::vector<float> logits = part.logits(x, held_back.begin, held_back.end);
        std::ranges::copy(logits, fitted.held_back.begin() + held_back.begin * prepared.truth.labels);
      } else {
        fitted.numbers = std::move(x);
      }
      progress.add(1);
    });
  }
}

// Logits of every row by prototypes that did not see its fold, for each sharpness.
std::vector<std::vector<float>> nearness_logits(const Prepared& prepared, std::span<const float> units, uint32_t width,
                                                uint32_t threads) {
  const size_t labels = prepared.truth.labels;
  std::vector<std::vector<float>> logits(kSharpness.size(), std::vector<float>(prepared.order.size() * labels));
  std::vector<std::function<void()>> jobs;
  for (size_t fold = 0; fold + 1 < prepared.folds.size(); ++fold) {
    jobs.emplace_back([&, fold] {
      const HeldBack held_back = fold_of(prepared, fold);
      const size_t rows = held_back.end - held_back.begin;
      Prototypes prototypes = find_prototypes(prepared.truth, units, width, held_back);
      const Nearness nearness(prototypes.vectors, std::move(prototypes.counts), width);
      const auto own = units.subspan(held_back.begin * width, rows * width);
      for (size_t i = 0; i < kSharpness.size(); ++i) {
        const auto out = std::span(logits[i]).subspan(held_back.begin * labels, rows * labels);
        nearness.add_logits(own, kSharpness[i], 1, out);
      }
    });
  }
  run_jobs(threads, jobs);
  return logits;
}

}  // namespace

Joined join_parts(const Prepared& prepared, std::span<const FittedPart> parts, std::span<const float> units,
                  uint32_t width, uint32_t threads) {
  std::vector<std::vector<float>> logits;
  for (const FittedPart& part : parts) logits.push_back(part.held_back);
  Mixture best = fit_factors(prepared.truth, logits);
  const double worth = best.loss * (1 - kNearnessGain);
  Joined joined;
  std::vector<float> nearest;
  if (!prepared.truth.multi_label) {
    std::vector<std::vector<float>> tried = nearness_logits(prepared, units, width, threads);
    for (size_t i = 0; i < tried.size(); ++i) {
      logits.push_back(std::move(tried[i]));
      Mixture mixture = fit_factors(prepared.truth, logits);
      if (mixture.loss < std::min(worth, best.loss)) {
        best = std::move(mixture);
        joined.sharpness = kSharpness[i];
        nearest = logits.back();
      }
      logits.pop_back();
    }
  }
  if (!nearest.empty()) {
    logits.push_back(std::move(nearest));
    joined.prototypes = find_prototypes(prepared.truth, units, width, {});
  }
  joined.factors = std::move(best.factors);
  joined.held_back.resize(prepared.order.size() * prepared.truth.labels);
  for (size_t part = 0; part < logits.size(); ++part) {
    const auto factor = static_cast<float>(joined.factors[part]);
    for (size_t i = 0; i < joined.held_back.size(); ++i) joined.held_back[i] += factor * logits[part][i];
  }
  return joined;
}

Result<std::vector<FittedPart>> select_parts(const Prepared& prepared, std::span<const std::vector<Candidate>> groups,
                                             uint32_t threads, ProgressCounter& progress, std::stop_token stop) {
  const Error stopped{Code::kCancelled, "stopped; nothing was written"};
  const Paths paths = screen(prepared, groups, threads, progress, stop);
  if (stop.stop_requested()) return stopped;
  std::vector<FittedPart> fitted(groups.size());
  std::vector<std::function<void()>> jobs;
  for (size_t group = 0; group < groups.size(); ++group) {
    const Best best = best_of(paths[group]);
    if (std::isinf(best.loss)) return Error{Code::kInvalidArgument, "too few distinct texts to hold some of them back"};
    const Candidate& candidate = groups[group][best.candidate];
    fitted[group].candidate = best.candidate;
    fitted[group].decay = candidate.decays[best.decay];
    fitted[group].held_back.resize(prepared.order.size() * prepared.truth.labels);
    for (size_t fold = 0; fold < paths[group][best.candidate].size(); ++fold) {
      std::ranges::copy(paths[group][best.candidate][fold].logits[best.decay],
                        fitted[group].held_back.begin() + prepared.folds[fold] * prepared.truth.labels);
    }
    finish(prepared, *candidate.part, fitted[group], jobs, progress, stop);
  }
  progress.begin("fit", jobs.size());
  run_jobs(threads, jobs);
  if (stop.stop_requested()) return stopped;
  return fitted;
}

}  // namespace custos::model
