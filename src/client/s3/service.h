// One request to S3: addressed, signed, sent, and sent again where that may help.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "client/http.h"
#include "client/s3.h"
#include "client/s3/access.h"
#include "client/s3/signature.h"

namespace custos::client {

// Bytes in memory, or part of an open file.
struct S3Body {
  std::string_view bytes;
  std::optional<HttpFileBody> file;

  [[nodiscard]] uint64_t size() const { return file ? file->size : bytes.size(); }
  // REQUIRES: offset + count <= size().
  [[nodiscard]] S3Body part(uint64_t offset, uint64_t count) const;
  [[nodiscard]] Result<Digest> sha256() const;
};

struct S3Call {
  std::string method;
  S3Location at;
  std::vector<std::pair<std::string, std::string>> query;
  std::vector<HttpHeader> headers;
  S3Body body;
  bool with_checksum = false;  // x-amz-checksum-sha256 of the body
  // A conflict of two conditional writers under way is told apart from a lost one by asking again.
  bool is_conditional = false;
  bool may_fail_late = false;  // the answer may be 200, and its body an <Error>
  uint64_t answer_bytes_max = 16U << 20;
};

// For many threads at once.
class S3Service {
 public:
  S3Service(const S3Options& options, S3Credentials credentials, S3Endpoint endpoint, std::filesystem::path ca_file,
            std::stop_token stop);

  // An answer that is final: 2xx, 3xx, or 4xx that would come again. An error otherwise; kLimit where an object is
  // larger than call.answer_bytes_max.
  [[nodiscard]] Result<HttpAnswer> send(const S3Call& call) const;
  // The same, where anything but 2xx is an error.
  [[nodiscard]] Result<HttpAnswer> expect(const S3Call& call) const;
  [[nodiscard]] const S3Options& options() const { return options_; }
  [[nodiscard]] const std::string& region() const { return endpoint_.region; }

 private:
  [[nodiscard]] Result<HttpAnswer> send_until_final(const S3Call& call) const;
  [[nodiscard]] HttpRequest signed_request(const S3Call& call, const Digest& payload) const;

  const S3Options options_;
  const S3Credentials credentials_;
  const S3Endpoint endpoint_;
  const std::stop_token stop_;
  const Http http_;
};

}  // namespace custos::client
