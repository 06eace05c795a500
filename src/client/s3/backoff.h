// How long to wait before the same request is sent again.
#pragma once

#include <chrono>
#include <cstdint>
#include <random>
#include <stop_token>
#include <string_view>

#include "client/s3.h"

namespace custos::client {

// Of one request. Exponential with full jitter:
// https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
class Backoff {
 public:
  // `options` must outlive it.
  Backoff(const S3Options& options, std::stop_token stop);

  // Waits before the next attempt, no less than the server's Retry-After ("" for none: seconds or a date). False,
  // without waiting, where there is to be no other attempt; false too where `stop` ended the wait.
  [[nodiscard]] bool wait(std::string_view retry_after);
  [[nodiscard]] uint32_t attempts() const { return attempts_; }  // made so far

 private:
  using Clock = std::chrono::steady_clock;

  [[nodiscard]] std::chrono::milliseconds jittered();

  const S3Options& options_;
  const std::stop_token stop_;
  const Clock::time_point start_ = Clock::now();
  uint32_t attempts_ = 1;
  std::mt19937_64 random_{std::random_device{}()};
};

}  // namespace custos::client
