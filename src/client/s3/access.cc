#include "client/s3/access.h"

#include <fmt/format.h>

#include <cstdlib>
#include <optional>

#include "base/file.h"

namespace custos::client {
namespace {

constexpr uint64_t kCredentialsBytesMax = 1U << 20;

std::string_view trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\r");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

// One profile of a file in INI form.
S3Credentials profile_in(std::string_view text, std::string_view profile) {
  S3Credentials found;
  bool is_in_profile = false;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    if (line.starts_with('['))
      is_in_profile = line.ends_with(']') && trimmed(line.substr(1, line.size() - 2)) == profile;
    const size_t equals = line.find('=');
    if (!is_in_profile || equals == line.npos || line.starts_with('#') || line.starts_with(';')) continue;
    const std::string_view name = trimmed(line.substr(0, equals));
    const std::string value(trimmed(line.substr(equals + 1)));
    if (name == "aws_access_key_id") found.access_key = value;
    if (name == "aws_secret_access_key") found.secret_key = value;
    if (name == "aws_session_token") found.session_token = value;
  }
  return found;
}

std::string first_of(std::initializer_list<std::string> values) {
  for (const std::string& value : values) {
    if (!value.empty()) return value;
  }
  return {};
}

bool is_host(std::string_view text) {
  constexpr std::string_view kOther = ".-_:[]";
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!letter && kOther.find(c) == kOther.npos) return false;
  }
  return !text.empty();
}

// A port that the scheme implies is not part of the Host header, which is signed.
std::string without_default_port(std::string_view scheme, std::string_view host) {
  const std::string_view port = scheme == "https" ? ":443" : ":80";
  return std::string(host.ends_with(port) ? host.substr(0, host.size() - port.size()) : host);
}

}  // namespace

std::string process_environment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

Result<S3Credentials> find_credentials(const Environment& environment) {
  S3Credentials given{environment("AWS_ACCESS_KEY_ID"), environment("AWS_SECRET_ACCESS_KEY"),
                      environment("AWS_SESSION_TOKEN")};
  if (!given.access_key.empty() && !given.secret_key.empty()) return given;
  const std::string file =
      first_of({environment("AWS_SHARED_CREDENTIALS_FILE"), environment("HOME") + "/.aws/credentials"});
  const std::string profile = first_of({environment("AWS_PROFILE"), "default"});
  const auto text = read_file(file, kCredentialsBytesMax);
  if (text.ok()) given = profile_in(*text, profile);
  if (text.ok() && !given.access_key.empty() && !given.secret_key.empty()) return given;
  return Error{Code::kInvalidArgument,
               fmt::format("no credentials for S3: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or write both into "
                           "the profile [{}] of {}",
                           profile, file)};
}

Result<S3Endpoint> find_endpoint(const S3Options& options, const Environment& environment) {
  S3Endpoint endpoint;
  endpoint.region =
      first_of({options.region, environment("AWS_REGION"), environment("AWS_DEFAULT_REGION"), "us-east-1"});
  if (!is_host(endpoint.region)) return Error{Code::kInvalidArgument, "the region of S3 is no name"};
  const std::string given =
      first_of({options.endpoint, environment("AWS_ENDPOINT_URL_S3"), environment("AWS_ENDPOINT_URL")});
  endpoint.is_amazon = given.empty();
  const std::string url = given.empty() ? fmt::format("https://s3.{}.amazonaws.com", endpoint.region) : given;
  const size_t scheme = url.find("://");
  std::string_view host = scheme == url.npos ? std::string_view() : std::string_view(url).substr(scheme + 3);
  if (host.ends_with('/')) host.remove_suffix(1);
  endpoint.scheme = url.substr(0, scheme == url.npos ? 0 : scheme);
  if ((endpoint.scheme != "http" && endpoint.scheme != "https") || !is_host(host)) {
    return Error{Code::kInvalidArgument, "the endpoint of S3 is to be like https://host:port, without a path"};
  }
  endpoint.host = without_default_port(endpoint.scheme, host);
  endpoint.path_style =
      options.path_style == S3PathStyle::kAlways || (options.path_style == S3PathStyle::kAuto && !endpoint.is_amazon);
  return endpoint;
}

S3Address address_of(const S3Endpoint& endpoint, const S3Location& at) {
  // A certificate for *.s3.amazonaws.com does not hold for names with dots.
  const bool in_path = endpoint.path_style || (endpoint.is_amazon && at.bucket.find('.') != std::string::npos);
  const std::string key = uri_escaped(at.key, true);
  if (!in_path) return {at.bucket + "." + endpoint.host, "/" + key};
  return {endpoint.host, "/" + at.bucket + (key.empty() ? "" : "/" + key)};
}

}  // namespace custos::client
