// Encoder sessions for concurrent requests: each is lent to one of them at a time.
#pragma once

#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/encoder.h"

namespace custos::query {

// Thread-safe. As many sessions as requests ever ran at once.
class EncoderSessions {
 public:
  explicit EncoderSessions(std::shared_ptr<const model::Encoder> encoder) : encoder_(std::move(encoder)) {}

  [[nodiscard]] Result<std::vector<float>> embed(std::string_view text) {
    ASSIGN_OR_RETURN(std::unique_ptr<model::EncoderSession> session, take());
    std::vector<float> vector;
    const Status done = session->embed({&text, 1}, vector);
    give_back(std::move(session));
    if (!done.ok()) return done.error();
    return vector;
  }

 private:
  Result<std::unique_ptr<model::EncoderSession>> take() {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) return model::EncoderSession::create(encoder_);
    std::unique_ptr<model::EncoderSession> session = std::move(idle_.back());
    idle_.pop_back();
    return session;
  }

  void give_back(std::unique_ptr<model::EncoderSession> session) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(session));
  }

  const std::shared_ptr<const model::Encoder> encoder_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<model::EncoderSession>> idle_;
};

}  // namespace custos::query
