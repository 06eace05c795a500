// AWS Signature Version 4, in the Authorization header.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/http.h"

namespace custos::client {

struct S3Credentials {
  std::string access_key;
  std::string secret_key;
  std::string session_token;  // "" for keys that do not expire
};

struct SignedRequest {
  std::string method;
  std::string path;                                        // escaped, begins with '/'
  std::vector<std::pair<std::string, std::string>> query;  // not escaped
  std::vector<HttpHeader> headers;                         // all of them are signed; host and x-amz-date among them
  std::string payload_sha256;                              // lower-case hex
};

struct SigningScope {
  std::string region;
  std::string service = "s3";
  std::string timestamp;  // "20130524T000000Z"
};

// All bytes but A-Z a-z 0-9 - _ . ~ (and '/' where `keep_slash`) as %XX.
[[nodiscard]] std::string uri_escaped(std::string_view bytes, bool keep_slash);
// "a=b&c=", escaped, in the order that is signed.
[[nodiscard]] std::string canonical_query(const std::vector<std::pair<std::string, std::string>>& query);
// "20130524T000000Z".
[[nodiscard]] std::string amz_timestamp(int64_t seconds_since_1970);
// The value of the Authorization header.
[[nodiscard]] std::string authorization(const SignedRequest& request, const SigningScope& scope,
                                        const S3Credentials& credentials);

}  // namespace custos::client
