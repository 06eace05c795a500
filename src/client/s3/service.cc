#include "client/s3/service.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <chrono>
#include <memory>

#include "base/digest.h"
#include "client/s3/answer.h"
#include "client/s3/backoff.h"

namespace custos::client {
namespace {

constexpr size_t kHashStep = 1U << 20;
constexpr uint64_t kErrorBytesMax = 64U << 10;  // a refusal may be longer than what was asked for

HttpOptions http_options(const S3Options& options, std::filesystem::path ca_file) {
  HttpOptions http;
  http.connect_seconds = options.connect_seconds;
  http.idle_seconds = options.idle_seconds;
  http.connections_max = options.connections_max;
  http.ca_file = std::move(ca_file);
  return http;
}

std::string base64(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<size_t>(size));
  return text;
}

Result<Digest> sha256_of(const HttpFileBody& body) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr);
  std::string buffer(std::min<uint64_t>(kHashStep, body.size), '\0');
  for (uint64_t done = 0; done < body.size;) {
    const std::span<char> step{buffer.data(), std::min<uint64_t>(buffer.size(), body.size - done)};
    RETURN_IF_ERROR(body.file->read_at(body.offset + done, step));
    EVP_DigestUpdate(context.get(), step.data(), step.size());
    done += step.size();
  }
  Digest digest;
  EVP_DigestFinal_ex(context.get(), digest.bytes.data(), nullptr);
  return digest;
}

int64_t now_s() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace

S3Body S3Body::part(uint64_t offset, uint64_t count) const {
  S3Body part;
  if (file) {
    part.file = HttpFileBody{file->file, file->offset + offset, count};
  } else {
    part.bytes = bytes.substr(offset, count);
  }
  return part;
}

Result<Digest> S3Body::sha256() const {
  if (file) return sha256_of(*file);
  return custos::sha256(bytes);
}

S3Service::S3Service(const S3Options& options, S3Credentials credentials, S3Endpoint endpoint,
                     std::filesystem::path ca_file, std::stop_token stop)
    : options_(options),
      credentials_(std::move(credentials)),
      endpoint_(std::move(endpoint)),
      stop_(stop),
      http_(http_options(options, std::move(ca_file)), stop) {}

HttpRequest S3Service::signed_request(const S3Call& call, const Digest& payload) const {
  const S3Address address = address_of(endpoint_, call.at);
  const SigningScope scope{endpoint_.region, "s3", amz_timestamp(now_s())};
  SignedRequest to_sign{call.method, address.path, call.query, call.headers, payload.hex()};
  to_sign.headers.push_back({"Host", address.host});
  to_sign.headers.push_back({"x-amz-date", scope.timestamp});
  to_sign.headers.push_back({"x-amz-content-sha256", to_sign.payload_sha256});
  if (call.with_checksum) to_sign.headers.push_back({"x-amz-checksum-sha256", base64(payload.view())});
  if (!credentials_.session_token.empty()) {
    to_sign.headers.push_back({"x-amz-security-token", credentials_.session_token});
  }
  HttpRequest request;
  request.method = call.method;
  request.url = fmt::format("{}://{}{}", endpoint_.scheme, address.host, address.path);
  if (!call.query.empty()) request.url += "?" + canonical_query(call.query);
  request.headers = to_sign.headers;
  request.headers.push_back({"Authorization", authorization(to_sign, scope, credentials_)});
  request.body = call.body.bytes;
  request.file = call.body.file;
  request.answer_bytes_max = std::max(call.answer_bytes_max, kErrorBytesMax);
  return request;
}

Result<HttpAnswer> S3Service::send_until_final(const S3Call& call) const {
  ASSIGN_OR_RETURN(const Digest payload, call.body.sha256());
  Backoff backoff(options_, stop_);
  while (true) {
    // Signed anew each time: a signature holds for some minutes only.
    auto answer = http_.send(signed_request(call, payload));
    if (!answer.ok()) {
      if (answer.error().code == Code::kIo && backoff.wait({})) continue;
      if (stop_.stop_requested()) return Error{Code::kCancelled, "stopped"};
      return Error{answer.error().code,
                   fmt::format("{}: {} (attempt {})", call.at.url(), answer.error().message, backoff.attempts())};
    }
    const bool is_fault = answer->status >= 300 || call.may_fail_late;
    const std::string code = is_fault ? error_code_in(answer->body) : "";
    if (answer->status < 300 && !code.empty()) answer->status = may_pass(400, code) ? 500 : 400;
    const bool again = may_pass(answer->status, code) ||
                       (call.is_conditional && answer->status == 409 && code == "ConditionalRequestConflict");
    if (again && backoff.wait(answer->header("retry-after"))) continue;
    if (stop_.stop_requested()) return Error{Code::kCancelled, "stopped"};
    if (!may_pass(answer->status, code)) return answer;
    Error error = error_of(call.at, *answer);
    error.code = Code::kIo;
    error.message += fmt::format(" (attempt {})", backoff.attempts());
    return error;
  }
}

Result<HttpAnswer> S3Service::send(const S3Call& call) const {
  ASSIGN_OR_RETURN(HttpAnswer answer, send_until_final(call));
  if (answer.status < 300 && answer.body.size() > call.answer_bytes_max) {
    return Error{Code::kLimit, fmt::format("{}: larger than {} bytes", call.at.url(), call.answer_bytes_max)};
  }
  return answer;
}

Result<HttpAnswer> S3Service::expect(const S3Call& call) const {
  ASSIGN_OR_RETURN(HttpAnswer answer, send(call));
  if (answer.status < 200 || answer.status > 299) return error_of(call.at, answer);
  return answer;
}

}  // namespace custos::client
