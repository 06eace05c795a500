#include "client/s3/signature.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <cctype>
#include <ctime>

#include "base/digest.h"

namespace custos::client {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";

Digest hmac_sha256(std::string_view key, std::string_view bytes) {
  Digest digest;
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(bytes.data()),
       bytes.size(), digest.bytes.data(), &size);
  return digest;
}

// Without spaces around it, and one for several within.
std::string folded(std::string_view value) {
  std::string text;
  for (const char c : value) {
    if (c != ' ' && c != '\t') {
      text += c;
    } else if (!text.empty() && text.back() != ' ') {
      text += ' ';
    }
  }
  if (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

std::vector<HttpHeader> canonical_headers(const std::vector<HttpHeader>& headers) {
  std::vector<HttpHeader> all;
  for (const HttpHeader& header : headers) {
    HttpHeader& own = all.emplace_back(HttpHeader{header.name, folded(header.value)});
    for (char& c : own.name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return all;
}

Digest signing_key(const SigningScope& scope, const S3Credentials& credentials) {
  const Digest day = hmac_sha256("AWS4" + credentials.secret_key, scope.timestamp.substr(0, 8));
  const Digest region = hmac_sha256(day.view(), scope.region);
  const Digest service = hmac_sha256(region.view(), scope.service);
  return hmac_sha256(service.view(), "aws4_request");
}

}  // namespace

std::string uri_escaped(std::string_view bytes, bool keep_slash) {
  std::string text;
  text.reserve(bytes.size());
  for (const char c : bytes) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (letter || c == '-' || c == '_' || c == '.' || c == '~' || (keep_slash && c == '/')) {
      text += c;
    } else {
      text += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return text;
}

std::string canonical_query(const std::vector<std::pair<std::string, std::string>>& query) {
  std::vector<std::string> pairs;
  for (const auto& [name, value] : query) pairs.push_back(uri_escaped(name, false) + "=" + uri_escaped(value, false));
  std::sort(pairs.begin(), pairs.end());
  return fmt::format("{}", fmt::join(pairs, "&"));
}

std::string amz_timestamp(int64_t seconds_since_1970) {
  const auto time = static_cast<std::time_t>(seconds_since_1970);
  std::tm utc{};
  ::gmtime_r(&time, &utc);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y%m%dT%H%M%SZ", &utc)};
}

std::string authorization(const SignedRequest& request, const SigningScope& scope, const S3Credentials& credentials) {
  std::string header_lines;
  std::string header_names;
  for (const HttpHeader& header : canonical_headers(request.headers)) {
    header_lines += fmt::format("{}:{}\n", header.name, header.value);
    header_names += (header_names.empty() ? "" : ";") + header.name;
  }
  const std::string canonical =
      fmt::format("{}\n{}\n{}\n{}\n{}\n{}", request.method, request.path, canonical_query(request.query), header_lines,
                  header_names, request.payload_sha256);
  const std::string where =
      fmt::format("{}/{}/{}/aws4_request", scope.timestamp.substr(0, 8), scope.region, scope.service);
  const std::string to_sign =
      fmt::format("{}\n{}\n{}\n{}", kAlgorithm, scope.timestamp, where, sha256(canonical).hex());
  return fmt::format("{} Credential={}/{},SignedHeaders={},Signature={}", kAlgorithm, credentials.access_key, where,
                     header_names, hmac_sha256(signing_key(scope, credentials).view(), to_sign).hex());
}

}  // namespace custos::client
