// One request on one of curl's handles.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <optional>
#include <span>
#include <stop_token>

#include "client/http.h"

namespace custos::client {

class Transfer {
 public:
  // `handle`, `request` and `options` must outlive it.
  Transfer(CURL* handle, const HttpRequest& request, const HttpOptions& options, std::stop_token stop);
  [[nodiscard]] Result<HttpAnswer> run();

 private:
  struct ListCloser {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };

  // What curl calls; `self` is the Transfer.
  static size_t on_body(char* bytes, size_t size, size_t count, void* self);
  static size_t on_header(char* bytes, size_t size, size_t count, void* self);
  static size_t on_send(char* buffer, size_t size, size_t count, void* self);
  static int on_seek(void* self, curl_off_t offset, int origin);
  static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t);

  void set_up();
  void set_up_method();
  void set_up_headers();
  [[nodiscard]] uint64_t body_size() const { return request_.file ? request_.file->size : request_.body.size(); }
  [[nodiscard]] bool sends_body() const;
  [[nodiscard]] size_t send(std::span<char> buffer);
  void take_header(std::string_view line);
  [[nodiscard]] Error failure(CURLcode code) const;

  CURL* const handle_;
  const HttpRequest& request_;
  const HttpOptions& options_;
  const std::stop_token stop_;
  std::unique_ptr<curl_slist, ListCloser> headers_;
  HttpAnswer answer_;
  uint64_t sent_ = 0;
  std::optional<Error> error_;  // of ours: why a callback ended the transfer
  char reason_[CURL_ERROR_SIZE] = {};
};

}  // namespace custos::client
