// Objects in any S3-compatible server: Amazon S3, MinIO, Ceph, versitygw and others.
//
// Requests are signed with Signature Version 4, payload included, so that a body that changed on its way is refused.
// What may pass (5xx, 429, SlowDown, broken connections) is tried again after an exponential wait with full jitter,
// within bounds; the server's Retry-After is obeyed. Errors name s3://bucket/key, the HTTP status, the server's code
// and what to do about it; never a credential.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace custos::client {

class S3Service;

// Where a bucket's name goes. kAuto: into the path where an endpoint is given, else before the host.
enum class S3PathStyle { kAuto, kAlways, kNever };

struct S3Options {
  std::string endpoint;  // "https://host:port"; "": $AWS_ENDPOINT_URL_S3, else $AWS_ENDPOINT_URL, else Amazon's
  std::string region;    // "": $AWS_REGION, else $AWS_DEFAULT_REGION, else us-east-1
  S3PathStyle path_style = S3PathStyle::kAuto;
  uint32_t attempts = 6;         // of one request, in all
  uint32_t retry_seconds = 120;  // no further attempt begins later than this after the first one
  uint32_t retry_wait_ms = 100;  // the first wait is up to this long, each later one up to twice as long, up to 20 s
  uint32_t connect_seconds = 10;
  uint32_t idle_seconds = 60;              // a transfer without a byte for so long is given up
  uint32_t connections_max = 64;           // under way at once; further ones wait
  uint32_t list_page = 1000;               // objects asked for at once; servers give no more than 1000
  uint64_t multipart_bytes = 64ULL << 20;  // a larger object goes up in parts
  uint64_t part_bytes = 32ULL << 20;       // larger where 10,000 parts would not do; servers want 5 MiB or more
  std::filesystem::path ca_file;           // "": $AWS_CA_BUNDLE, else the system's certification authorities
};

struct S3Location {
  std::string bucket;
  std::string key;  // bytes; "" for the bucket itself

  // "s3://bucket/key", the key as it is, without escapes. kInvalidArgument where it is not that.
  [[nodiscard]] static Result<S3Location> parse(std::string_view url);
  [[nodiscard]] std::string url() const;
};

struct S3Object {
  std::string key;
  uint64_t size = 0;
  int64_t modified_s = 0;  // since 1970, UTC
  std::string etag;        // with the server's quotes
};

struct S3Page {
  std::vector<S3Object> objects;
  std::string next;  // for S3ListFrom::token; "" on the last page
};

struct S3ListFrom {
  std::string start_after;  // only keys behind this one
  std::string token;        // S3Page::next; start_after is then of no account
};

struct S3Range {
  uint64_t begin = 0;
  uint64_t end = 0;  // behind the last byte. REQUIRES: begin < end
};

struct S3Lock {
  enum class Mode { kGovernance, kCompliance };
  Mode mode = Mode::kGovernance;
  int64_t retain_until_s = 0;  // since 1970, UTC
};

struct S3PutOptions {
  bool only_new = false;       // kConflict where the key exists already; of several at once exactly one succeeds
  std::optional<S3Lock> lock;  // the bucket must have object lock enabled
  std::string content_type = "application/octet-stream";
};

// For many threads at once. Codes: kNotFound 404; kConflict 409 and 412; kInvalidArgument other 4xx, among them refused
// credentials; kIo what was tried again in vain; kCancelled stopped.
class S3 {
 public:
  // Credentials: $AWS_ACCESS_KEY_ID, $AWS_SECRET_ACCESS_KEY and $AWS_SESSION_TOKEN, else the profile $AWS_PROFILE
  // ("default") of $AWS_SHARED_CREDENTIALS_FILE (~/.aws/credentials). kInvalidArgument where there are none or the
  // endpoint is no URL. Asks nothing of the server. `stop` ends waits and transfers within about a second.
  [[nodiscard]] static Result<std::unique_ptr<S3>> open(const S3Options& options, std::stop_token stop = {});
  ~S3();
  S3(const S3&) = delete;
  S3& operator=(const S3&) = delete;

  [[nodiscard]] Result<S3Object> head(const S3Location& at) const;
  // The whole object; kLimit where it is larger than `bytes_max`.
  [[nodiscard]] Result<std::string> get(const S3Location& at, uint64_t bytes_max) const;
  // Fewer bytes where the object ends before, none where it ends before `range`. With `etag` kConflict where the object
  // is another one by now.
  [[nodiscard]] Result<std::string> get_range(const S3Location& at, const S3Range& range,
                                              std::string_view etag = {}) const;
  // Under a temporary name beside `file`, synced, then renamed. Goes on after a broken connection where it was.
  [[nodiscard]] Status download(const S3Location& at, const std::filesystem::path& file) const;

  // Gives the ETag. Above options.multipart_bytes in parts, which are discarded on the server where it fails.
  [[nodiscard]] Result<std::string> put(const S3Location& at, std::string_view bytes,
                                        const S3PutOptions& options = {}) const;
  // No part of the file is held in memory. kInvalidArgument where it changes meanwhile.
  [[nodiscard]] Result<std::string> put_file(const S3Location& at, const std::filesystem::path& file,
                                             const S3PutOptions& options = {}) const;

  // One page of the keys that begin with prefix.key.
  [[nodiscard]] Result<S3Page> list(const S3Location& prefix, const S3ListFrom& from = {}) const;

  // No error where it is not there.
  [[nodiscard]] Status remove(const S3Location& at) const;
  // All keys that begin with prefix.key, which must not be empty; how many there were.
  [[nodiscard]] Result<uint64_t> remove_prefix(const S3Location& prefix) const;

  // kConflict where the name is taken. With object lock a bucket keeps versions.
  [[nodiscard]] Status create_bucket(const std::string& bucket, bool object_lock = false) const;
  [[nodiscard]] Status remove_bucket(const std::string& bucket) const;

 private:
  explicit S3(std::unique_ptr<S3Service> service);
  std::unique_ptr<S3Service> service_;
};

}  // namespace custos::client
