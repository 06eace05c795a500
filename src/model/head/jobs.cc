#include "model/head/jobs.h"

#include <algorithm>
#include <atomic>
#include <thread>

namespace custos::model {

void run_jobs(uint32_t threads, const std::vector<std::function<void()>>& jobs) {
  std::atomic<size_t> next = 0;
  const auto work = [&] {
    for (size_t i = next++; i < jobs.size(); i = next++) jobs[i]();
  };
  std::vector<std::jthread> others;
  const size_t wanted = std::min<size_t>(threads, jobs.size());
  for (size_t i = 1; i < wanted; ++i) others.emplace_back(work);
  work();
}

}  // namespace custos::model
