#include "source/kafka/feed.h"

#include <algorithm>
#include <utility>

namespace custos::source {
namespace {

using client::KafkaEvent;
using client::KafkaMessage;
using client::KafkaPartition;
using std::chrono::milliseconds;

constexpr size_t kBatchMax = 1000;
constexpr uint32_t kAboveMax = 64;  // messages above the buffer, before the partitions are paused
constexpr milliseconds kPollWait{50};
constexpr uint64_t kMessageBytes = 256;  // that a message without a value takes

uint64_t bytes_of(const KafkaMessage& message) {
  return kMessageBytes + (message.value() ? message.value()->size() : 0);
}

bool is_of(const KafkaMessage& message, const KafkaPartition& partition) {
  return message.partition() == partition.partition && message.topic() == partition.topic;
}

}  // namespace

Feed::Feed(std::unique_ptr<client::KafkaConsumer> consumer, uint64_t buffer_bytes_max)
    : consumer_(std::move(consumer)),
      buffer_bytes_max_(buffer_bytes_max),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

Feed::~Feed() {
  thread_.request_stop();
  thread_.join();
  // The consumer goes last: messages are its own.
  handing_out_.clear();
  waiting_.clear();
  rebalances_.clear();
}

bool Feed::await_room(milliseconds wait) {
  std::unique_lock lock(mutex_);
  return taken_.wait_for(lock, wait, [&] { return waiting_bytes_ < buffer_bytes_max_; });
}

void Feed::pause_all() {
  const std::scoped_lock lock(mutex_);
  if (is_paused_) return;
  const std::vector<KafkaPartition> all(owned_.begin(), owned_.end());
  is_paused_ = consumer_->pause(all).ok();
}

void Feed::resume_all() {
  const std::scoped_lock lock(mutex_);
  above_ = 0;
  if (!is_paused_) return;
  const std::vector<KafkaPartition> all(owned_.begin(), owned_.end());
  is_paused_ = !consumer_->resume(all).ok();
}

void Feed::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const bool has_room = await_room(kPollWait);
    if (has_room) resume_all();
    if (!has_room && above_ >= kAboveMax) pause_all();
    auto event = consumer_->poll(has_room ? kPollWait : milliseconds(0), has_room ? kBatchMax : 1);
    if (event.ok()) {
      accept(std::move(*event));
      continue;
    }
    const std::scoped_lock lock(mutex_);
    error_ = event.error();
    arrived_.notify_all();
    return;
  }
}

void Feed::accept(KafkaEvent event) {
  if (event.kind == KafkaEvent::Kind::kNothing) return;
  const std::scoped_lock lock(mutex_);
  if (event.kind != KafkaEvent::Kind::kMessages) {
    rebalances_.push_back(std::move(event));
    has_rebalance_ = true;
  }
  if (waiting_bytes_ >= buffer_bytes_max_) above_ += static_cast<uint32_t>(event.messages.size());
  for (KafkaMessage& message : event.messages) {
    waiting_bytes_ += bytes_of(message);
    waiting_.push_back(std::move(message));
  }
  arrived_.notify_all();
}

// REQUIRES: mutex_ is held.
void Feed::drop(std::span<const KafkaPartition> partitions) {
  const auto goes = [&](const KafkaMessage& message) {
    return std::ranges::any_of(partitions, [&](const KafkaPartition& each) { return is_of(message, each); });
  };
  std::erase_if(handing_out_, goes);
  std::erase_if(waiting_, goes);
  waiting_bytes_ = 0;
  for (const KafkaMessage& message : waiting_) waiting_bytes_ += bytes_of(message);
  taken_.notify_all();
}

std::optional<Delivery> Feed::next_rebalance() {
  if (!has_rebalance_) return std::nullopt;
  const std::scoped_lock lock(mutex_);
  KafkaEvent event = std::move(rebalances_.front());
  rebalances_.pop_front();
  has_rebalance_ = !rebalances_.empty();
  if (event.kind != KafkaEvent::Kind::kAssigned) drop(event.partitions);
  if (event.kind == KafkaEvent::Kind::kLost) {
    for (const KafkaPartition& each : event.partitions) owned_.erase(each);
  }
  return Delivery{event.kind, std::nullopt, std::move(event.partitions)};
}

Result<Delivery> Feed::take(milliseconds wait) {
  if (auto rebalance = next_rebalance()) return std::move(*rebalance);
  if (handing_out_.empty()) {
    std::unique_lock lock(mutex_);
    arrived_.wait_for(lock, wait, [&] { return !waiting_.empty() || has_rebalance_ || error_; });
    if (error_ && waiting_.empty()) return *error_;
    std::swap(handing_out_, waiting_);
    waiting_bytes_ = 0;
    taken_.notify_all();
  }
  if (auto rebalance = next_rebalance()) return std::move(*rebalance);
  if (handing_out_.empty()) return Delivery{};
  Delivery delivery{KafkaEvent::Kind::kMessages, std::move(handing_out_.front()), {}};
  handing_out_.pop_front();
  return delivery;
}

Status Feed::assign(std::span<const client::KafkaPosition> positions) {
  const std::scoped_lock lock(mutex_);
  for (const auto& each : positions) owned_.insert(each.partition);
  is_paused_ = false;  // these are not
  return consumer_->assign(positions);
}

Status Feed::unassign(std::span<const KafkaPartition> partitions) {
  const std::scoped_lock lock(mutex_);
  for (const KafkaPartition& each : partitions) owned_.erase(each);
  return consumer_->unassign(partitions);
}

Status Feed::seek(const client::KafkaPosition& position) {
  const std::scoped_lock lock(mutex_);
  drop(std::span(&position.partition, 1));
  return consumer_->seek(position);
}

}  // namespace custos::source
