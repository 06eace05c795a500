#include "client/s3/backoff.h"

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "client/s3/answer.h"

namespace custos::client {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kWaitMax{20'000};

milliseconds asked_for(std::string_view retry_after) {
  int64_t count = 0;
  const auto [end, failure] = std::from_chars(retry_after.data(), retry_after.data() + retry_after.size(), count);
  constexpr int64_t kDay = 86'400;
  if (failure == std::errc() && end == retry_after.data() + retry_after.size()) {
    return seconds(std::clamp<int64_t>(count, 0, kDay));
  }
  const auto date = parse_time(retry_after);
  if (!date) return milliseconds(0);
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return seconds(std::clamp<int64_t>(*date - std::chrono::duration_cast<seconds>(now).count(), 0, kDay));
}

}  // namespace

Backoff::Backoff(const S3Options& options, std::stop_token stop) : options_(options), stop_(std::move(stop)) {}

milliseconds Backoff::jittered() {
  const int64_t first = std::max<int64_t>(options_.retry_wait_ms, 1);
  const int64_t most = std::min<int64_t>(first << std::min<uint32_t>(attempts_ - 1, 20), kWaitMax.count());
  return milliseconds(std::uniform_int_distribution<int64_t>(0, most)(random_));
}

bool Backoff::wait(std::string_view retry_after) {
  if (attempts_ >= options_.attempts) return false;
  const milliseconds pause = std::max(jittered(), asked_for(retry_after));
  if (Clock::now() - start_ + pause > seconds(options_.retry_seconds)) return false;
  ++attempts_;
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, stop_, pause, [] { return false; });
  return !stop_.stop_requested();
}

}  // namespace custos::client
