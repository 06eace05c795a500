#include "source/stream/window.h"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace custos::source {
namespace {

constexpr size_t kCapacityMin = 256U << 10;
constexpr size_t kCapacityKept = 4U << 20;  // a window that one large document made larger shrinks for the next file
constexpr size_t kReadMax = 256U << 10;     // stays in the cache until it is scanned

}  // namespace

Window::Window(size_t capacity_max) : capacity_max_(std::max(capacity_max, kCapacityMin)) {}

void Window::open(ByteStream& stream, uint64_t offset) {
  if (capacity_ == 0 || capacity_ > kCapacityKept) {
    begin_ = end_ = 0;
    reallocate(kCapacityMin);
  }
  stream_ = &stream;
  begin_ = end_ = 0;
  offset_ = offset;
  ended_ = false;
  failure_.reset();
}

void Window::reallocate(size_t capacity) {
  auto grown = std::make_unique_for_overwrite<char[]>(capacity);
  if (end_ > begin_) std::memcpy(grown.get(), buffer_.get() + begin_, end_ - begin_);
  buffer_ = std::move(grown);
  capacity_ = capacity;
  end_ -= begin_;
  begin_ = 0;
}

void Window::make_room() {
  if (begin_ == end_) begin_ = end_ = 0;
  if (end_ < capacity_) return;
  const size_t held = end_ - begin_;
  if (held > capacity_ / 2 && capacity_ < capacity_max_) {
    reallocate(std::min(capacity_ * 2, capacity_max_));
  } else if (begin_ > 0) {
    std::memmove(buffer_.get(), buffer_.get() + begin_, held);
    begin_ = 0;
    end_ = held;
  }
}

bool Window::fill() {
  if (ended_) return false;
  make_room();
  if (end_ == capacity_) return false;
  auto count = stream_->read({buffer_.get() + end_, std::min(capacity_ - end_, kReadMax)});
  if (!count.ok()) failure_ = count.error();
  ended_ = !count.ok() || *count == 0;
  if (ended_) return false;
  end_ += *count;
  return true;
}

bool Window::fill_to(size_t count) {
  while (view().size() < count) {
    if (!fill()) return false;
  }
  return true;
}

void Window::consume(size_t count) {
  assert(count <= view().size());
  begin_ += count;
  offset_ += count;
}

uint64_t Window::skip(uint64_t count) {
  uint64_t done = 0;
  while (done < count && !at_end()) {
    const size_t step = std::min<uint64_t>(count - done, view().size());
    consume(step);
    done += step;
  }
  return done;
}

bool Window::seek(uint64_t offset) {
  if (stream_ == nullptr || !stream_->seek(offset)) return false;
  begin_ = end_ = 0;
  offset_ = offset;
  ended_ = false;
  failure_.reset();
  return true;
}

}  // namespace custos::source
