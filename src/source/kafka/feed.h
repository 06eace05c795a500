// Messages and rebalances as they come, with a thread of its own that polls: the group keeps a reader that polls,
// however slow the pipeline behind it is.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <thread>
#include <vector>

#include "base/result.h"
#include "client/kafka_consumer.h"

namespace custos::source {

struct Delivery {
  // kMessages has one in `message`.
  client::KafkaEvent::Kind kind = client::KafkaEvent::Kind::kNothing;
  std::optional<client::KafkaMessage> message;
  std::vector<client::KafkaPartition> partitions;
};

// All of it is for one thread, the reader's. At most `buffer_bytes_max` of messages are held here and as many once more
// while they are handed out; when the reader does not come, a few messages above that are taken and then all
// partitions are paused.
class Feed {
 public:
  Feed(std::unique_ptr<client::KafkaConsumer> consumer, uint64_t buffer_bytes_max);
  ~Feed();
  Feed(const Feed&) = delete;
  Feed& operator=(const Feed&) = delete;

  // Rebalances come before messages that were there first; when partitions go, what is held of them is dropped.
  [[nodiscard]] Result<Delivery> take(std::chrono::milliseconds wait);
  [[nodiscard]] bool has_rebalance() const { return has_rebalance_; }

  // The answers to kAssigned and kRevoked.
  [[nodiscard]] Status assign(std::span<const client::KafkaPosition> positions);
  [[nodiscard]] Status unassign(std::span<const client::KafkaPartition> partitions);
  // What is held of the partition is dropped.
  [[nodiscard]] Status seek(const client::KafkaPosition& position);
  // Thread-safe, for commits and questions.
  [[nodiscard]] client::KafkaConsumer& consumer() { return *consumer_; }

 private:
  using Messages = std::deque<client::KafkaMessage>;

  void run(const std::stop_token& stop);
  // Whether there is room, at once or within `wait`.
  [[nodiscard]] bool await_room(std::chrono::milliseconds wait);
  void pause_all();
  void resume_all();
  void accept(client::KafkaEvent event);
  [[nodiscard]] std::optional<Delivery> next_rebalance();
  void drop(std::span<const client::KafkaPartition> partitions);

  std::unique_ptr<client::KafkaConsumer> consumer_;
  const uint64_t buffer_bytes_max_;
  Messages handing_out_;  // the reader's

  std::mutex mutex_;
  std::condition_variable arrived_;
  std::condition_variable taken_;
  Messages waiting_;
  uint64_t waiting_bytes_ = 0;
  std::deque<client::KafkaEvent> rebalances_;
  std::atomic<bool> has_rebalance_{false};
  std::optional<Error> error_;
  std::set<client::KafkaPartition> owned_;
  bool is_paused_ = false;
  uint32_t above_ = 0;  // messages taken while there was no room
  std::jthread thread_;
};

}  // namespace custos::source
