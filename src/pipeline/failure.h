// The first error of any thread of a run.
#pragma once

#include <mutex>
#include <optional>
#include <utility>

#include "base/result.h"

namespace custos::pipeline {

// Thread-safe. Later errors are consequences, and dropped.
class Failure {
 public:
  void set(Error error) {
    const std::scoped_lock lock(mutex_);
    if (!error_) error_ = std::move(error);
  }
  [[nodiscard]] std::optional<Error> get() const {
    const std::scoped_lock lock(mutex_);
    return error_;
  }

 private:
  mutable std::mutex mutex_;
  std::optional<Error> error_;
};

}  // namespace custos::pipeline
