// Who asks, and where: credentials and endpoint, from options, environment and the shared credentials file.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "client/s3.h"
#include "client/s3/signature.h"

namespace custos::client {

// A variable of the environment; "" where it is not set.
using Environment = std::function<std::string(const char* name)>;
[[nodiscard]] std::string process_environment(const char* name);

// kInvalidArgument says what to set; it names files and variables, never a value.
[[nodiscard]] Result<S3Credentials> find_credentials(const Environment& environment);

struct S3Endpoint {
  std::string scheme;  // "https"
  std::string host;    // "host:port"
  std::string region;
  bool is_amazon = false;
  bool path_style = false;
};

// kInvalidArgument where the endpoint is no "http://host" or "https://host".
[[nodiscard]] Result<S3Endpoint> find_endpoint(const S3Options& options, const Environment& environment);

struct S3Address {
  std::string host;
  std::string path;  // escaped
};
// Where requests for an object, or a bucket where its key is "", go.
[[nodiscard]] S3Address address_of(const S3Endpoint& endpoint, const S3Location& at);

}  // namespace custos::client
