#include "client/s3.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <utility>

#include "base/file.h"
#include "client/s3/access.h"
#include "client/s3/answer.h"
#include "client/s3/service.h"
#include "client/s3/upload.h"

namespace custos::client {
namespace {

constexpr std::string_view kScheme = "s3://";
constexpr uint64_t kDownloadStep = 16U << 20;
constexpr size_t kKeyBytesMax = 1024;

bool is_bucket(std::string_view name) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
  return !name.empty() && name.size() <= 255 && name.find_first_not_of(kAllowed) == name.npos && name.front() != '.';
}

// Where a range begins that a server gave: "bytes 5-9/100".
bool begins_at(std::string_view content_range, uint64_t begin) {
  return content_range.starts_with(fmt::format("bytes {}-", begin));
}

}  // namespace

Result<S3Location> S3Location::parse(std::string_view url) {
  const Error wrong{Code::kInvalidArgument, "an object or prefix in S3 is written s3://bucket/key"};
  if (!url.starts_with(kScheme)) return wrong;
  url.remove_prefix(kScheme.size());
  const size_t slash = url.find('/');
  S3Location at{std::string(url.substr(0, slash)), slash == url.npos ? "" : std::string(url.substr(slash + 1))};
  if (!is_bucket(at.bucket) || at.key.size() > kKeyBytesMax || at.key.find('\0') != std::string::npos) return wrong;
  return at;
}

std::string S3Location::url() const { return fmt::format("{}{}/{}", kScheme, bucket, key); }

S3::S3(std::unique_ptr<S3Service> service) : service_(std::move(service)) {}
S3::~S3() = default;

Result<std::unique_ptr<S3>> S3::open(const S3Options& options, std::stop_token stop) {
  ASSIGN_OR_RETURN(S3Credentials credentials, find_credentials(process_environment));
  ASSIGN_OR_RETURN(S3Endpoint endpoint, find_endpoint(options, process_environment));
  const std::filesystem::path ca_file =
      options.ca_file.empty() ? std::filesystem::path(process_environment("AWS_CA_BUNDLE")) : options.ca_file;
  return std::unique_ptr<S3>(new S3(
      std::make_unique<S3Service>(options, std::move(credentials), std::move(endpoint), ca_file, std::move(stop))));
}

Result<S3Object> S3::head(const S3Location& at) const {
  ASSIGN_OR_RETURN(const HttpAnswer answer, service_->expect({.method = "HEAD", .at = at}));
  S3Object object;
  object.key = at.key;
  object.size = std::strtoull(std::string(answer.header("content-length")).c_str(), nullptr, 10);
  object.modified_s = parse_time(answer.header("last-modified")).value_or(0);
  object.etag = answer.header("etag");
  return object;
}

Result<std::string> S3::get(const S3Location& at, uint64_t bytes_max) const {
  S3Call call{.method = "GET", .at = at};
  call.answer_bytes_max = bytes_max;
  ASSIGN_OR_RETURN(HttpAnswer answer, service_->expect(call));
  return std::move(answer.body);
}

Result<std::string> S3::get_range(const S3Location& at, const S3Range& range, std::string_view etag) const {
  S3Call call{
      .method = "GET", .at = at, .headers = {{"Range", fmt::format("bytes={}-{}", range.begin, range.end - 1)}}};
  if (!etag.empty()) call.headers.push_back({"If-Match", std::string(etag)});
  call.answer_bytes_max = range.end - range.begin;
  ASSIGN_OR_RETURN(HttpAnswer answer, service_->send(call));
  if (answer.status == 416) return std::string();
  if (answer.status < 200 || answer.status > 299) return error_of(at, answer);
  const bool is_range = answer.status == 206 && begins_at(answer.header("content-range"), range.begin);
  // An object that is empty, or no larger than what was asked for, may come as a whole.
  if (!is_range && !(answer.status == 200 && range.begin == 0)) {
    return Error{Code::kUnsupported, fmt::format("{}: the server gives no ranges of objects", at.url())};
  }
  return std::move(answer.body);
}

Status S3::download(const S3Location& at, const std::filesystem::path& file) const {
  ASSIGN_OR_RETURN(const S3Object object, head(at));
  const std::filesystem::path part = file.string() + ".part";
  const auto fetch = [&]() -> Status {
    ASSIGN_OR_RETURN(File out, File::create(part));
    for (uint64_t offset = 0; offset < object.size; offset += kDownloadStep) {
      const S3Range range{offset, std::min(offset + kDownloadStep, object.size)};
      ASSIGN_OR_RETURN(const std::string bytes, get_range(at, range, object.etag));
      if (bytes.size() != range.end - range.begin) {
        return Error{Code::kCorrupt, fmt::format("{}: ends before byte {}", at.url(), range.end)};
      }
      RETURN_IF_ERROR(out.write(bytes));
    }
    return out.sync();
  };
  std::error_code failure;
  if (Status fetched = fetch(); !fetched.ok()) {
    std::filesystem::remove(part, failure);
    return fetched;
  }
  std::filesystem::rename(part, file, failure);
  if (failure) return io_error("cannot rename", part, failure.value());
  return sync_folder(file.has_parent_path() ? file.parent_path() : ".");
}

Result<std::string> S3::put(const S3Location& at, std::string_view bytes, const S3PutOptions& options) const {
  return Upload(*service_, at, options).run(S3Body{bytes, std::nullopt});
}

Result<std::string> S3::put_file(const S3Location& at, const std::filesystem::path& file,
                                 const S3PutOptions& options) const {
  ASSIGN_OR_RETURN(const File in, File::open_read(file));
  ASSIGN_OR_RETURN(const uint64_t size, in.size());
  return Upload(*service_, at, options).run(S3Body{{}, HttpFileBody{&in, 0, size}});
}

Result<S3Page> S3::list(const S3Location& prefix, const S3ListFrom& from) const {
  const S3Location bucket{prefix.bucket, ""};
  S3Call call{.method = "GET",
              .at = bucket,
              .query = {{"list-type", "2"},
                        {"encoding-type", "url"},
                        {"max-keys", fmt::format("{}", service_->options().list_page)},
                        {"prefix", prefix.key}}};
  if (!from.token.empty()) {
    call.query.emplace_back("continuation-token", from.token);
  } else if (!from.start_after.empty()) {
    call.query.emplace_back("start-after", from.start_after);
  }
  ASSIGN_OR_RETURN(const HttpAnswer answer, service_->expect(call));
  auto page = parse_listing(answer.body);
  if (!page.ok()) return Error{page.error().code, fmt::format("{}: {}", prefix.url(), page.error().message)};
  return page;
}

Status S3::remove(const S3Location& at) const {
  ASSIGN_OR_RETURN(const HttpAnswer answer, service_->send({.method = "DELETE", .at = at}));
  const bool is_gone = answer.status == 404 && error_code_in(answer.body) == "NoSuchKey";
  if (is_gone || (answer.status >= 200 && answer.status <= 299)) return {};
  return error_of(at, answer);
}

Result<uint64_t> S3::remove_prefix(const S3Location& prefix) const {
  if (prefix.key.empty()) return Error{Code::kInvalidArgument, fmt::format("{}: a whole bucket", prefix.url())};
  uint64_t count = 0;
  S3ListFrom from;
  while (true) {
    ASSIGN_OR_RETURN(const S3Page page, list(prefix, from));
    for (const S3Object& object : page.objects) {
      RETURN_IF_ERROR(remove({prefix.bucket, object.key}));
      ++count;
    }
    if (page.next.empty()) return count;
    from.token = page.next;
  }
}

Status S3::create_bucket(const std::string& bucket, bool object_lock) const {
  S3Call call{.method = "PUT", .at = {bucket, ""}};
  if (object_lock) call.headers.push_back({"x-amz-bucket-object-lock-enabled", "true"});
  std::string xml;
  if (service_->region() != "us-east-1") {
    xml = fmt::format(
        "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
        "<LocationConstraint>{}</LocationConstraint></CreateBucketConfiguration>",
        service_->region());
  }
  call.body.bytes = xml;
  ASSIGN_OR_RETURN(const HttpAnswer answer, service_->expect(call));
  return {};
}

Status S3::remove_bucket(const std::string& bucket) const {
  ASSIGN_OR_RETURN(const HttpAnswer answer, service_->expect({.method = "DELETE", .at = {bucket, ""}}));
  return {};
}

}  // namespace custos::client
