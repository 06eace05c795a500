#include "client/http/transfer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <utility>

namespace custos::client {
namespace {

constexpr size_t kHeadersMax = 256;            // of one answer
constexpr size_t kHeaderBytesMax = 16U << 10;  // of one of them

// "host:port" of a URL: what a message may name.
std::string_view server_of(std::string_view url) {
  const size_t scheme = url.find("://");
  if (scheme == url.npos) return "a URL without a scheme";
  url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("/?#"));
  const size_t user = url.rfind('@');
  return user == url.npos ? url : url.substr(user + 1);
}

std::string_view trimmed(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

Code code_of(CURLcode code) {
  switch (code) {
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return Code::kInvalidArgument;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CERTPROBLEM:
      return Code::kUntrusted;
    default:
      return Code::kIo;
  }
}

}  // namespace

Transfer::Transfer(CURL* handle, const HttpRequest& request, const HttpOptions& options, std::stop_token stop)
    : handle_(handle), request_(request), options_(options), stop_(std::move(stop)) {}

size_t Transfer::on_body(char* bytes, size_t size, size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  std::string& body = transfer.answer_.body;
  if (body.size() + size * count > transfer.request_.answer_bytes_max) {
    transfer.error_ =
        Error{Code::kLimit, fmt::format("{}: an answer of more than {} bytes", server_of(transfer.request_.url),
                                        transfer.request_.answer_bytes_max)};
    return 0;
  }
  body.append(bytes, size * count);
  return size * count;
}

size_t Transfer::on_header(char* bytes, size_t size, size_t count, void* self) {
  static_cast<Transfer*>(self)->take_header({bytes, size * count});
  return size * count;
}

void Transfer::take_header(std::string_view line) {
  // The status line of an answer that follows another, such as 100 Continue.
  if (line.starts_with("HTTP/")) return answer_.headers.clear();
  const size_t colon = line.find(':');
  if (colon == line.npos || line.size() > kHeaderBytesMax || answer_.headers.size() == kHeadersMax) return;
  HttpHeader header{std::string(trimmed(line.substr(0, colon))), std::string(trimmed(line.substr(colon + 1)))};
  for (char& c : header.name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (header.name == "content-length" && request_.method != "HEAD") {
    const uint64_t length = std::strtoull(header.value.c_str(), nullptr, 10);
    answer_.body.reserve(std::min(length, request_.answer_bytes_max));
  }
  answer_.headers.push_back(std::move(header));
}

size_t Transfer::on_send(char* buffer, size_t size, size_t count, void* self) {
  return static_cast<Transfer*>(self)->send({buffer, size * count});
}

size_t Transfer::send(std::span<char> buffer) {
  buffer = buffer.first(std::min<uint64_t>(buffer.size(), body_size() - sent_));
  if (buffer.empty()) return 0;
  if (request_.file) {
    if (Status read = request_.file->file->read_at(request_.file->offset + sent_, buffer); !read.ok()) {
      error_ = read.error();
      return CURL_READFUNC_ABORT;
    }
  } else {
    std::memcpy(buffer.data(), request_.body.data() + sent_, buffer.size());
  }
  sent_ += buffer.size();
  return buffer.size();
}

// curl begins anew by itself where the server had closed a connection that was kept.
int Transfer::on_seek(void* self, curl_off_t offset, int origin) {
  auto& transfer = *static_cast<Transfer*>(self);
  if (origin != SEEK_SET || offset < 0 || std::cmp_greater(offset, transfer.body_size())) return CURL_SEEKFUNC_FAIL;
  transfer.sent_ = static_cast<uint64_t>(offset);
  return CURL_SEEKFUNC_OK;
}

int Transfer::on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  auto& transfer = *static_cast<Transfer*>(self);
  if (!transfer.stop_.stop_requested()) return 0;
  transfer.error_ = Error{Code::kCancelled, "stopped"};
  return 1;
}

bool Transfer::sends_body() const { return request_.method == "PUT" || request_.method == "POST" || body_size() > 0; }

void Transfer::set_up_method() {
  if (request_.method == "HEAD") {
    curl_easy_setopt(handle_, CURLOPT_NOBODY, 1L);
    return;
  }
  if (sends_body()) {
    curl_easy_setopt(handle_, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(handle_, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(body_size()));
    curl_easy_setopt(handle_, CURLOPT_READFUNCTION, &Transfer::on_send);
    curl_easy_setopt(handle_, CURLOPT_READDATA, this);
    curl_easy_setopt(handle_, CURLOPT_SEEKFUNCTION, &Transfer::on_seek);
    curl_easy_setopt(handle_, CURLOPT_SEEKDATA, this);
  }
  curl_easy_setopt(handle_, CURLOPT_CUSTOMREQUEST, request_.method.c_str());
}

void Transfer::set_up_headers() {
  curl_slist* list = nullptr;
  // Waiting for 100 Continue costs a second where a server does not know it.
  list = curl_slist_append(list, "Expect:");
  for (const HttpHeader& header : request_.headers) {
    const char* const form = header.value.empty() ? "{};" : "{}: {}";
    list = curl_slist_append(list, fmt::format(fmt::runtime(form), header.name, header.value).c_str());
  }
  headers_.reset(list);
  curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, list);
}

void Transfer::set_up() {
  curl_easy_reset(handle_);
  curl_easy_setopt(handle_, CURLOPT_URL, request_.url.c_str());
  curl_easy_setopt(handle_, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle_, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(handle_, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(handle_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle_, CURLOPT_USERAGENT, "custos");
  curl_easy_setopt(handle_, CURLOPT_CONNECTTIMEOUT, static_cast<long>(options_.connect_seconds));
  curl_easy_setopt(handle_, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(handle_, CURLOPT_LOW_SPEED_TIME, static_cast<long>(options_.idle_seconds));
  curl_easy_setopt(handle_, CURLOPT_BUFFERSIZE, 128L << 10);
  curl_easy_setopt(handle_, CURLOPT_UPLOAD_BUFFERSIZE, 128L << 10);
  if (!options_.ca_file.empty()) curl_easy_setopt(handle_, CURLOPT_CAINFO, options_.ca_file.c_str());
  curl_easy_setopt(handle_, CURLOPT_ERRORBUFFER, reason_);
  curl_easy_setopt(handle_, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  curl_easy_setopt(handle_, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(handle_, CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  curl_easy_setopt(handle_, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(handle_, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(handle_, CURLOPT_XFERINFOFUNCTION, &Transfer::on_progress);
  curl_easy_setopt(handle_, CURLOPT_XFERINFODATA, this);
  set_up_method();
  set_up_headers();
}

Error Transfer::failure(CURLcode code) const {
  if (error_) return *error_;
  const char* const reason = reason_[0] != '\0' ? reason_ : curl_easy_strerror(code);
  // curl's words for a broken URL may quote it.
  if (code == CURLE_URL_MALFORMAT) return {Code::kInvalidArgument, "no URL of http or https"};
  std::string_view hint;
  if (code == CURLE_PEER_FAILED_VERIFICATION)
    hint = "; its certificate is to be for this name, and of an authority in the file that is named";
  return {code_of(code), fmt::format("{}: {}{}", server_of(request_.url), reason, hint)};
}

Result<HttpAnswer> Transfer::run() {
  set_up();
  const CURLcode code = curl_easy_perform(handle_);
  if (code != CURLE_OK) return failure(code);
  long status = 0;
  curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
  answer_.status = static_cast<int>(status);
  return std::move(answer_);
}

}  // namespace custos::client
