// Encoder sessions for concurrent requests: each is lent to one of them at a time.
#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/encoder.h"

namespace custos::model {

// Thread-safe. As many sessions as requests ever ran at once.
class EncoderSessions {
 public:
  explicit EncoderSessions(std::shared_ptr<const Encoder> encoder) : encoder_(std::move(encoder)) {}

  [[nodiscard]] Result<std::vector<float>> embed(std::string_view text) { return embed({&text, 1}); }
  // One vector after the other.
  [[nodiscard]] Result<std::vector<float>> embed(std::span<const std::string_view> texts) {
    ASSIGN_OR_RETURN(std::unique_ptr<EncoderSession> session, take());
    std::vector<float> vectors;
    const Status done = session->embed(texts, vectors);
    give_back(std::move(session));
    if (!done.ok()) return done.error();
    return vectors;
  }
  [[nodiscard]] const Encoder& encoder() const { return *encoder_; }

 private:
  Result<std::unique_ptr<EncoderSession>> take() {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) return EncoderSession::create(encoder_);
    std::unique_ptr<EncoderSession> session = std::move(idle_.back());
    idle_.pop_back();
    return session;
  }

  void give_back(std::unique_ptr<EncoderSession> session) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(session));
  }

  const std::shared_ptr<const Encoder> encoder_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<EncoderSession>> idle_;
};

}  // namespace custos::model
