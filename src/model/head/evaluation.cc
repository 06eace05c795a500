#include <algorithm>
#include <atomic>
#include <mutex>

#include "model/head/jobs.h"
#include "model/head_evaluation.h"

namespace custos::model {
namespace {

constexpr size_t kTextsAtOnce = 64;

// Scores of all texts, by as many threads as there are sessions.
class Scoring {
 public:
  Scoring(std::vector<std::string_view> texts, uint32_t labels, const std::function<void(uint64_t)>& progress,
          std::stop_token stop)
      : texts_(std::move(texts)), labels_(labels), progress_(progress), stop_(std::move(stop)) {
    scores_.resize(texts_.size() * labels_);
  }

  // One thread's work.
  [[nodiscard]] Status run(HeadSession& session) {
    std::vector<std::vector<float>> scores;
    for (size_t begin = next_.fetch_add(kTextsAtOnce); begin < texts_.size(); begin = next_.fetch_add(kTextsAtOnce)) {
      if (stop_.stop_requested()) return Error{Code::kCancelled, "stopped"};
      const auto some = std::span(texts_).subspan(begin, std::min(kTextsAtOnce, texts_.size() - begin));
      RETURN_IF_ERROR(session.classify(some, scores, nullptr));
      std::ranges::copy(scores.front(), scores_.begin() + begin * labels_);
      const std::lock_guard lock(mutex_);
      done_ += some.size();
      if (progress_) progress_(done_);
    }
    return {};
  }
  [[nodiscard]] std::vector<float>& scores() { return scores_; }

 private:
  std::vector<std::string_view> texts_;
  uint32_t labels_;
  const std::function<void(uint64_t)>& progress_;
  std::stop_token stop_;
  std::vector<float> scores_;
  std::atomic<size_t> next_ = 0;
  std::mutex mutex_;
  uint64_t done_ = 0;
};

std::vector<float> highest(std::span<const float> scores, uint32_t labels) {
  std::vector<float> most;
  for (size_t at = 0; at < scores.size(); at += labels) most.push_back(std::ranges::max(scores.subspan(at, labels)));
  return most;
}

}  // namespace

Result<Evaluation> evaluate_head(const std::shared_ptr<const Encoder>& encoder, const std::shared_ptr<const Head>& head,
                                 const LabelledSet& set, uint32_t threads,
                                 const std::function<void(uint64_t)>& progress, std::stop_token stop) {
  if (set.texts.empty()) return Error{Code::kInvalidArgument, "there are no texts to evaluate on"};
  std::vector<std::string_view> texts;
  for (const LabelledText& text : set.texts) texts.emplace_back(text.text);
  texts.insert(texts.end(), set.foreign.begin(), set.foreign.end());
  const auto labels = static_cast<uint32_t>(head->labels().size());
  Scoring scoring(std::move(texts), labels, progress, std::move(stop));
  std::vector<Status> ends(std::max(threads, 1U));
  std::vector<std::function<void()>> jobs;
  for (Status& end : ends) {
    auto session = HeadSession::create(encoder, {head});
    if (!session.ok()) return session.error();
    jobs.emplace_back(
        [&scoring, &end, own = std::shared_ptr<HeadSession>(std::move(session).value())] { end = scoring.run(*own); });
  }
  run_jobs(threads, jobs);
  for (const Status& end : ends) RETURN_IF_ERROR(end);
  Judged judged{labels, head->multi_label(), {}, {}};
  const size_t known = set.texts.size() * labels;
  const std::vector<float> foreign = highest(std::span(scoring.scores()).subspan(known), labels);
  judged.scores = std::move(scoring.scores());
  judged.scores.resize(known);
  for (const LabelledText& text : set.texts) judged.truth.push_back(text.labels);
  Evaluation evaluation = evaluate(judged, set.texts);
  if (!foreign.empty()) evaluation.foreign = foreign_recall(highest(judged.scores, labels), foreign, 0.02);
  return evaluation;
}

}  // namespace custos::model
