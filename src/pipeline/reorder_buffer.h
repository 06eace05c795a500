// Puts what parallel workers finish back into the order in which the reader handed it out.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

namespace custos::pipeline {

// Many producers, one consumer. Sequence numbers are 0, 1, 2 …, each put once. A producer that is more than `window`
// ahead of the consumer waits, so at most `window` items are held; the one that is next in turn never waits.
template <typename T>
class ReorderBuffer {
 public:
  explicit ReorderBuffer(uint64_t window) : window_(window) {}

  // False when the buffer was closed: the item was dropped.
  [[nodiscard]] bool put(uint64_t sequence, T item) {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return sequence < next_ + window_ || closed_; });
    if (closed_) return false;
    items_.emplace(sequence, std::move(item));
    if (sequence == next_) ready_.notify_one();
    return true;
  }

  // The next item in order; nothing once it is closed, or finished and empty.
  [[nodiscard]] std::optional<T> take() {
    std::unique_lock lock(mutex_);
    const auto at_end = [&] { return end_ && next_ >= *end_; };
    ready_.wait(lock, [&] { return closed_ || items_.contains(next_) || at_end(); });
    const auto found = items_.find(next_);
    if (closed_ || at_end() || found == items_.end()) return std::nullopt;
    std::optional<T> item(std::move(found->second));
    items_.erase(found);
    ++next_;
    room_.notify_all();
    return item;
  }

  // No sequence number from `end` on will be taken. Of several ends the smallest one counts.
  void finish(uint64_t end) {
    const std::scoped_lock lock(mutex_);
    end_ = end_ ? std::min(*end_, end) : end;
    ready_.notify_all();
  }

  // Drops what is held and lets everyone go.
  void close() {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
    items_.clear();
    room_.notify_all();
    ready_.notify_all();
  }

 private:
  const uint64_t window_;
  std::mutex mutex_;
  std::condition_variable room_;
  std::condition_variable ready_;
  std::map<uint64_t, T> items_;
  uint64_t next_ = 0;
  std::optional<uint64_t> end_;
  bool closed_ = false;
};

}  // namespace custos::pipeline
