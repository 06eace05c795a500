// HTTP/1.1 over libcurl: one request, one answer, connections kept for the next one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/result.h"

namespace custos::client {

struct HttpHeader {
  std::string name;
  std::string value;
};

// Part of a file as a request's body: it is read as it is sent, never held whole.
struct HttpFileBody {
  const File* file = nullptr;  // open for reading until the answer is there
  uint64_t offset = 0;
  uint64_t size = 0;
};

struct HttpRequest {
  std::string method = "GET";
  std::string url;  // http or https; its path is sent as it is, with dots and escapes
  std::vector<HttpHeader> headers;
  std::string_view body;             // must live until the answer is there
  std::optional<HttpFileBody> file;  // instead of `body`
  uint64_t answer_bytes_max = 1U << 20;
};

struct HttpAnswer {
  int status = 0;
  std::vector<HttpHeader> headers;  // names in lower case
  std::string body;

  // "" where there is none; `name` in lower case.
  [[nodiscard]] std::string_view header(std::string_view name) const;
};

struct HttpOptions {
  uint32_t connect_seconds = 10;  // name, connection and TLS
  uint32_t idle_seconds = 60;     // less than a byte a second for so long ends a transfer
  uint32_t connections_max = 64;  // under way at once; who comes then waits
  std::filesystem::path ca_file;  // instead of the system's certification authorities
};

// For many threads at once. Repeating what failed is the caller's; redirections are answers like others.
class Http {
 public:
  // `stop` ends waits and transfers with kCancelled within about a second.
  explicit Http(const HttpOptions& options, std::stop_token stop = {});
  ~Http();
  Http(const Http&) = delete;
  Http& operator=(const Http&) = delete;

  // Any answer is a value, whatever its status. kIo: no connection, or it broke, which may pass; kInvalidArgument: the
  // URL or the server's certificate will not do; kLimit: a longer answer than answer_bytes_max. Messages name host and
  // port, and neither headers nor what is behind the URL's path.
  [[nodiscard]] Result<HttpAnswer> send(const HttpRequest& request) const;

 private:
  class Pool;
  std::unique_ptr<Pool> pool_;
};

}  // namespace custos::client
