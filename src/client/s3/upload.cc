#include "client/s3/upload.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "client/s3/answer.h"

namespace custos::client {
namespace {

constexpr uint64_t kPartsMax = 10'000;
constexpr const char* kMark = "x-amz-meta-custos-put";

std::string random_mark() {
  std::random_device device;
  std::string mark;
  for (int i = 0; i < 4; ++i) mark += fmt::format("{:08x}", device());
  return mark;
}

}  // namespace

Upload::Upload(const S3Service& service, S3Location at, const S3PutOptions& options)
    : service_(service), at_(std::move(at)), options_(options), mark_(random_mark()) {}

Result<std::string> Upload::run(const S3Body& body) {
  return body.size() > service_.options().multipart_bytes ? run_in_parts(body) : run_at_once(body);
}

std::vector<HttpHeader> Upload::object_headers() const {
  std::vector<HttpHeader> headers{{"Content-Type", options_.content_type}, {kMark, mark_}};
  if (options_.lock) {
    const bool governance = options_.lock->mode == S3Lock::Mode::kGovernance;
    headers.push_back({"x-amz-object-lock-mode", governance ? "GOVERNANCE" : "COMPLIANCE"});
    headers.push_back({"x-amz-object-lock-retain-until-date", iso_time(options_.lock->retain_until_s)});
  }
  return headers;
}

Result<std::string> Upload::own_or(const HttpAnswer& answer) const {
  const auto there = service_.send({.method = "HEAD", .at = at_});
  if (there.ok() && there->status == 200 && there->header(kMark) == mark_) return std::string(there->header("etag"));
  if (there.ok() && there->status == 200 && options_.only_new) {
    return Error{Code::kConflict, fmt::format("{}: HTTP {}: it exists already", at_.url(), answer.status)};
  }
  return error_of(at_, answer);
}

Result<std::string> Upload::run_at_once(const S3Body& body) {
  S3Call call{.method = "PUT", .at = at_, .headers = object_headers(), .body = body, .with_checksum = true};
  if (options_.only_new) call.headers.push_back({"If-None-Match", "*"});
  call.is_conditional = options_.only_new;
  ASSIGN_OR_RETURN(const HttpAnswer answer, service_.send(call));
  if (answer.status == 200) return std::string(answer.header("etag"));
  // curl may send a request anew by itself, so that this can happen at what we count as the first attempt.
  if (options_.only_new && (answer.status == 412 || answer.status == 409)) return own_or(answer);
  return error_of(at_, answer);
}

Result<std::string> Upload::run_in_parts(const S3Body& body) {
  ASSIGN_OR_RETURN(const std::string id, begin());
  auto etag = send_parts(body, id);
  if (!etag.ok()) abort(id);
  return etag;
}

Result<std::string> Upload::begin() {
  S3Call call{.method = "POST", .at = at_, .query = {{"uploads", ""}}, .headers = object_headers()};
  call.headers.push_back({"x-amz-checksum-algorithm", "SHA256"});
  ASSIGN_OR_RETURN(const HttpAnswer answer, service_.expect(call));
  auto id = parse_upload_id(answer.body);
  if (!id.ok()) return Error{id.error().code, fmt::format("{}: {}", at_.url(), id.error().message)};
  return id;
}

Result<std::string> Upload::send_parts(const S3Body& body, const std::string& id) {
  const uint64_t size =
      std::max({service_.options().part_bytes, (body.size() + kPartsMax - 1) / kPartsMax, uint64_t{1}});
  std::vector<Part> parts;
  for (uint64_t offset = 0; offset < body.size(); offset += size) {
    const S3Body piece = body.part(offset, std::min(size, body.size() - offset));
    ASSIGN_OR_RETURN(Part part, send_part(piece, id, parts.size() + 1));
    parts.push_back(std::move(part));
  }
  return complete(id, parts);
}

Result<Upload::Part> Upload::send_part(const S3Body& body, const std::string& id, uint64_t number) {
  const S3Call call{.method = "PUT",
                    .at = at_,
                    .query = {{"partNumber", fmt::format("{}", number)}, {"uploadId", id}},
                    .headers = {},
                    .body = body,
                    .with_checksum = true};
  ASSIGN_OR_RETURN(const HttpAnswer answer, service_.expect(call));
  return Part{std::string(answer.header("etag")), std::string(answer.header("x-amz-checksum-sha256"))};
}

Result<std::string> Upload::complete(const std::string& id, const std::vector<Part>& parts) {
  std::string xml = "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";
  for (size_t i = 0; i < parts.size(); ++i) {
    xml += fmt::format("<Part><PartNumber>{}</PartNumber><ETag>{}</ETag>", i + 1, parts[i].etag);
    if (!parts[i].checksum.empty()) xml += fmt::format("<ChecksumSHA256>{}</ChecksumSHA256>", parts[i].checksum);
    xml += "</Part>";
  }
  xml += "</CompleteMultipartUpload>";
  S3Call call{.method = "POST", .at = at_, .query = {{"uploadId", id}}, .headers = {{"Content-Type", "text/xml"}}};
  call.body.bytes = xml;
  if (options_.only_new) call.headers.push_back({"If-None-Match", "*"});
  call.is_conditional = options_.only_new;
  call.may_fail_late = true;
  ASSIGN_OR_RETURN(const HttpAnswer answer, service_.send(call));
  if (answer.status == 200) return parse_etag(answer.body);
  // An upload that is completed is no longer there: 404 to whoever completes it again.
  return own_or(answer);
}

void Upload::abort(const std::string& id) {
  // What made the upload fail is the error to report; what stays, the bucket's lifecycle rules remove.
  (void)service_.send({.method = "DELETE", .at = at_, .query = {{"uploadId", id}}});
}

}  // namespace custos::client
