#include "client/s3/answer.h"

#include <fmt/format.h>

#include <ctime>
#include <pugixml.hpp>

namespace custos::client {
namespace {

struct Advice {
  std::string_view code;
  std::string_view text;
};

constexpr Advice kAdvice[] = {
    {"SignatureDoesNotMatch", "the secret key does not belong to the access key: look at AWS_SECRET_ACCESS_KEY"},
    {"InvalidAccessKeyId", "the server does not know the access key: look at AWS_ACCESS_KEY_ID and the endpoint"},
    // versitygw's, with 404.
    {"XAdminUserNotFound", "the server does not know the access key: look at AWS_ACCESS_KEY_ID and the endpoint"},
    {"ExpiredToken", "the session token has expired: get new credentials"},
    {"InvalidToken", "the session token is not valid: look at AWS_SESSION_TOKEN"},
    {"RequestTimeTooSkewed", "this machine's clock is wrong: set it"},
    {"RequestExpired", "this machine's clock is wrong: set it"},
    {"AccessDenied", "these credentials may not do that, or the object is locked"},
    {"NoSuchBucket", "there is no such bucket: look at its name, the endpoint and the region"},
    {"PermanentRedirect", "the bucket is in another region: set s3.region"},
    {"AuthorizationHeaderMalformed", "the bucket is in another region: set s3.region"},
    {"EntityTooLarge", "the server does not take objects of this size"},
    {"BadDigest", "the bytes changed on their way, or the file was written to meanwhile: try again"},
    {"XAmzContentSHA256Mismatch", "the bytes changed on their way, or the file was written to meanwhile: try again"},
    {"PreconditionFailed", "it exists already, or is another one by now"},
    {"ConditionalRequestConflict", "another writer is at it: try again"},
};

std::string_view advice_for(std::string_view code, int status) {
  for (const Advice& advice : kAdvice) {
    if (advice.code == code) return advice.text;
  }
  switch (status) {
    case 301:
    case 307:
      return "the bucket is in another region: set s3.region";
    case 403:
      return "the credentials are wrong, or may not do that";
    case 404:
      return "it is not there";
    case 412:
      return "it exists already, or is another one by now";
    default:
      return status >= 500 ? "the server is in trouble: try again later" : "";
  }
}

Code code_of(int status, std::string_view code) {
  if (code == "XAdminUserNotFound") return Code::kInvalidArgument;
  if (status == 404) return Code::kNotFound;
  if (status == 409 || status == 412) return Code::kConflict;
  if (status >= 500 || status == 429 || status == 408) return Code::kIo;
  return Code::kInvalidArgument;
}

// A code is a word; anything else that a server says is not repeated.
bool is_word(std::string_view text) {
  for (const char c : text) {
    if ((c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9')) return false;
  }
  return text.size() <= 64;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

pugi::xml_node root_of(pugi::xml_document& document, std::string_view body, const char* name) {
  // Blanks at the ends of a key are part of it.
  constexpr unsigned int kForm = pugi::parse_default | pugi::parse_ws_pcdata_single;
  if (!document.load_buffer(body.data(), body.size(), kForm)) return {};
  return document.child(name);
}

}  // namespace

std::string error_code_in(std::string_view body) {
  pugi::xml_document document;
  std::string code = root_of(document, body, "Error").child("Code").text().get();
  return is_word(code) ? code : "";
}

Error error_of(const S3Location& at, const HttpAnswer& answer) {
  const std::string code = error_code_in(answer.body);
  std::string text = fmt::format("{}: HTTP {}", at.url(), answer.status);
  if (!code.empty()) text += " " + code;
  const std::string_view advice = advice_for(code, answer.status);
  if (!advice.empty()) text += fmt::format(": {}", advice);
  const std::string_view region = answer.header("x-amz-bucket-region");
  if (!region.empty() && answer.status < 400 && is_word(region)) text += fmt::format(" to {}", region);
  return {code_of(answer.status, code), std::move(text)};
}

bool may_pass(int status, std::string_view code) {
  if (status == 501 || status == 505) return false;
  return status >= 500 || status == 429 || status == 408 || code == "SlowDown" || code == "RequestTimeout" ||
         code == "InternalError" || code == "ServiceUnavailable" || code == "RequestTimeoutException";
}

Result<S3Page> parse_listing(std::string_view body) {
  pugi::xml_document document;
  const pugi::xml_node root = root_of(document, body, "ListBucketResult");
  if (!root) return Error{Code::kCorrupt, "the server's answer is no listing of a bucket"};
  const bool is_encoded = std::string_view(root.child("EncodingType").text().get()) == "url";
  S3Page page;
  for (const pugi::xml_node& each : root.children("Contents")) {
    S3Object& object = page.objects.emplace_back();
    const char* const key = each.child("Key").text().get();
    object.key = is_encoded ? url_decoded(key) : key;
    object.size = each.child("Size").text().as_ullong();
    object.modified_s = parse_time(each.child("LastModified").text().get()).value_or(0);
    object.etag = each.child("ETag").text().get();
  }
  if (root.child("IsTruncated").text().as_bool()) {
    page.next = root.child("NextContinuationToken").text().get();
    if (page.next.empty()) return Error{Code::kCorrupt, "a listing that goes on, but does not say where"};
  }
  return page;
}

Result<std::string> parse_upload_id(std::string_view body) {
  pugi::xml_document document;
  std::string id = root_of(document, body, "InitiateMultipartUploadResult").child("UploadId").text().get();
  if (id.empty()) return Error{Code::kCorrupt, "the server's answer names no upload"};
  return id;
}

std::string parse_etag(std::string_view body) {
  pugi::xml_document document;
  return root_of(document, body, "CompleteMultipartUploadResult").child("ETag").text().get();
}

std::string url_decoded(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const bool escape =
        text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0;
    if (escape) {
      bytes += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
      i += 2;
    } else {
      bytes += text[i] == '+' ? ' ' : text[i];
    }
  }
  return bytes;
}

std::optional<int64_t> parse_time(std::string_view text) {
  const std::string own(text);
  for (const char* form : {"%Y-%m-%dT%H:%M:%S", "%a, %d %b %Y %H:%M:%S"}) {
    std::tm utc{};
    if (::strptime(own.c_str(), form, &utc) != nullptr) return static_cast<int64_t>(::timegm(&utc));
  }
  return std::nullopt;
}

std::string iso_time(int64_t seconds_since_1970) {
  const auto time = static_cast<std::time_t>(seconds_since_1970);
  std::tm utc{};
  ::gmtime_r(&time, &utc);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc)};
}

}  // namespace custos::client
