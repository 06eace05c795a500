// Runs jobs that do not depend on each other. Private to model/.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>

#include "model/head_training.h"

namespace custos::model {

// Each job once, by `threads` threads, the calling one among them. Jobs are begun in order.
void run_jobs(uint32_t threads, const std::vector<std::function<void()>>& jobs);

// Counts what is done and says so, by one thread at a time.
class ProgressCounter {
 public:
  explicit ProgressCounter(std::function<void(const TrainingProgress&)> tell) : tell_(std::move(tell)) {}
  void begin(const char* step, uint64_t all) {
    const std::lock_guard lock(mutex_);
    progress_ = {step, 0, all};
    say();
  }
  void add(uint64_t count) {
    const std::lock_guard lock(mutex_);
    progress_.done += count;
    say();
  }

 private:
  void say() {
    if (tell_) tell_(progress_);
  }

  std::mutex mutex_;
  TrainingProgress progress_;
  std::function<void(const TrainingProgress&)> tell_;
};

}  // namespace custos::model
