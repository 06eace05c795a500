#include "client/http/handle_pool.h"

#include <utility>

namespace custos::client {

EasyHandle HandlePool::take(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  if (!returned_.wait(lock, stop, [this] { return lent_ < handles_max_; })) return nullptr;
  ++lent_;
  if (idle_.empty()) return EasyHandle(curl_easy_init());
  EasyHandle handle = std::move(idle_.back());
  idle_.pop_back();
  return handle;
}

void HandlePool::give_back(EasyHandle handle) {
  {
    const std::scoped_lock lock(mutex_);
    --lent_;
    if (handle) idle_.push_back(std::move(handle));
  }
  returned_.notify_one();
}

}  // namespace custos::client
