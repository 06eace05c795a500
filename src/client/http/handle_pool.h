// curl's easy handles, each with the connection that it keeps.
#pragma once

#include <curl/curl.h>

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <stop_token>
#include <vector>

#include "client/http.h"

namespace custos::client {

struct EasyCloser {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
using EasyHandle = std::unique_ptr<CURL, EasyCloser>;

// At most `handles_max` are lent at once. For many threads.
class HandlePool {
 public:
  explicit HandlePool(uint32_t handles_max) : handles_max_(handles_max == 0 ? 1 : handles_max) {}

  // The handle that was used last, since its connection is the likeliest to be alive. Waits where all are lent: null
  // where `stop` ended that.
  [[nodiscard]] EasyHandle take(const std::stop_token& stop);
  void give_back(EasyHandle handle);

 private:
  const uint32_t handles_max_;
  std::mutex mutex_;
  std::condition_variable_any returned_;
  std::vector<EasyHandle> idle_;
  uint32_t lent_ = 0;
};

}  // namespace custos::client
