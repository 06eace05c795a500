#include "client/http.h"

#include <curl/curl.h>

#include <utility>

#include "client/http/handle_pool.h"
#include "client/http/transfer.h"

namespace custos::client {

class Http::Pool {
 public:
  Pool(const HttpOptions& given, std::stop_token stop_given)
      : options(given), stop(std::move(stop_given)), handles(given.connections_max) {}

  const HttpOptions options;
  const std::stop_token stop;
  HandlePool handles;
};

Http::Http(const HttpOptions& options, std::stop_token stop) {
  // Safe from several threads since curl 7.84, and cheap when done before.
  curl_global_init(CURL_GLOBAL_DEFAULT);
  pool_ = std::make_unique<Pool>(options, std::move(stop));
}

Http::~Http() = default;

Result<HttpAnswer> Http::send(const HttpRequest& request) const {
  EasyHandle handle = pool_->handles.take(pool_->stop);
  if (!handle) {
    if (!pool_->stop.stop_requested()) pool_->handles.give_back(nullptr);
    return Error{pool_->stop.stop_requested() ? Code::kCancelled : Code::kIo, "no connection was to be had"};
  }
  auto answer = Transfer(handle.get(), request, pool_->options, pool_->stop).run();
  pool_->handles.give_back(std::move(handle));
  return answer;
}

std::string_view HttpAnswer::header(std::string_view name) const {
  for (const HttpHeader& each : headers) {
    if (each.name == name) return each.value;
  }
  return {};
}

}  // namespace custos::client
