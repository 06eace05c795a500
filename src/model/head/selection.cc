#include "model/head/selection.h"

#include <algorithm>
#include <cmath>

namespace custos::model {
namespace {

constexpr size_t kScreenedFolds = 2;  // settings are compared on so many, then judged on all

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

}  // namespace

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
