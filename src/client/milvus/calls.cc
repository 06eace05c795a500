#include "client/milvus/calls.h"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <thread>

namespace custos::client {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFirstWait{100};
constexpr milliseconds kLongestWait{5000};
constexpr int kAnswerBytesMax = 64 << 20;
constexpr size_t kReasonBytesMax = 200;

// Codes of Milvus 2.3 (pkg/merr/errors.go).
enum Reason : int32_t {
  kServiceNotReady = 1,
  kServiceUnavailable = 2,
  kServiceRateLimit = 8,
  kServiceForceDeny = 9,
  kCollectionNotFound = 100,
  kPartitionNotFound = 200,
  kIndexNotFound = 700,
  kIllegalArgument = 1100,
  kUnauthenticated = 1400,
};

std::string base64(std::string_view bytes) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (size_t at = 0; at < bytes.size(); at += 3) {
    uint32_t group = 0;
    for (size_t i = 0; i < 3; ++i) {
      group = group << 8 | (at + i < bytes.size() ? static_cast<uint8_t>(bytes[at + i]) : 0U);
    }
    for (size_t i = 0; i < 4; ++i) {
      text += at + i > bytes.size() ? '=' : kLetters[group >> (18 - 6 * i) & 63];
    }
  }
  return text;
}

std::shared_ptr<grpc::ChannelCredentials> credentials(bool tls, const std::string& authorities) {
  if (!tls) return grpc::InsecureChannelCredentials();
  grpc::SslCredentialsOptions ssl;
  ssl.pem_root_certs = authorities;
  return grpc::SslCredentials(ssl);
}

// What gRPC says of a certificate that will not do, to which it gives no code of its own.
bool refuses_certificate(std::string_view reason) {
  constexpr std::array<std::string_view, 3> kWords = {"certificate verify failed", "CERTIFICATE_VERIFY_FAILED",
                                                      "peer certificate"};
  return std::ranges::any_of(kWords, [&](std::string_view words) { return reason.find(words) != reason.npos; });
}

std::string one_line(std::string_view text) {
  std::string line(text.substr(0, std::min(text.find('\n'), kReasonBytesMax)));
  std::ranges::replace_if(
      line, [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  return line;
}

Code code_of(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::INVALID_ARGUMENT:
    case grpc::StatusCode::UNAUTHENTICATED:
    case grpc::StatusCode::PERMISSION_DENIED:
      return Code::kInvalidArgument;
    case grpc::StatusCode::UNIMPLEMENTED:
      return Code::kUnsupported;
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return Code::kLimit;
    default:
      return Code::kIo;
  }
}

Code code_of(int32_t reason) {
  switch (reason) {
    case kCollectionNotFound:
    case kPartitionNotFound:
    case kIndexNotFound:
      return Code::kNotFound;
    case kIllegalArgument:
    case kUnauthenticated:
      return Code::kInvalidArgument;
    default:
      return Code::kIo;
  }
}

}  // namespace

Milvus::Calls::Calls(const MilvusOptions& options, const std::string& authorities, std::stop_token stop)
    : options_(options), stop_(std::move(stop)), random_(std::random_device{}()) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kAnswerBytesMax);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2000);
  stub_ =
      Service::NewStub(grpc::CreateCustomChannel(options.address, credentials(options.tls, authorities), arguments));
  if (!options.user.empty()) authorization_ = base64(options.user + ":" + options.password);
}

void Milvus::Calls::prepare(grpc::ClientContext& context) const {
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(options_.call_seconds));
  if (!authorization_.empty()) context.AddMetadata("authorization", authorization_);
}

Milvus::Calls::Failure Milvus::Calls::failure_of(const grpc::Status& transport, const milvus::Status& status) {
  using Kind = Failure::Kind;
  if (!transport.ok()) {
    const grpc::StatusCode code = transport.error_code();
    Kind kind = Kind::kFinal;
    if (code == grpc::StatusCode::RESOURCE_EXHAUSTED) kind = Kind::kRefused;
    if (code == grpc::StatusCode::UNAVAILABLE) kind = Kind::kUnknown;
    if (refuses_certificate(transport.error_message())) {
      return {Kind::kFinal, Code::kUntrusted,
              one_line(transport.error_message()) +
                  "; the server's certificate is to be for this name, and of an authority in the file that is named"};
    }
    if (code == grpc::StatusCode::DEADLINE_EXCEEDED) return {kind, Code::kIo, "no answer in time"};
    return {kind, code_of(code), one_line(transport.error_message())};
  }
  if (status.code() == 0 && status.error_code() == 0) return {};
  const bool refused =
      status.code() == kServiceNotReady || status.code() == kServiceUnavailable || status.code() == kServiceRateLimit;
  return {refused ? Kind::kRefused : Kind::kFinal, code_of(status.code()),
          fmt::format("{} (code {})", one_line(status.reason()), status.code())};
}

Error Milvus::Calls::error(std::string_view what, const Failure& failure, uint32_t attempts) const {
  const std::string tries = attempts > 1 ? fmt::format(" after {} attempts", attempts) : std::string();
  const char* const advice =
      failure.kind == Failure::Kind::kUnknown ? "; see that Milvus runs there and that its address is right" : "";
  return {failure.code,
          fmt::format("Milvus at {}: {} failed{}: {}{}", options_.address, what, tries, failure.reason, advice)};
}

Status Milvus::Calls::wait(milliseconds time) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any never;
  never.wait_for(lock, stop_, time, [] { return false; });
  if (stop_.stop_requested()) return Error{Code::kCancelled, "stopped while waiting for Milvus"};
  return {};
}

Status Milvus::Calls::wait_before(uint32_t attempt) {
  const milliseconds longest = std::min(kLongestWait, kFirstWait * (1 << std::min<uint32_t>(attempt, 10)));
  milliseconds time = longest / 2;
  {
    const std::scoped_lock lock(random_mutex_);
    time += milliseconds(std::uniform_int_distribution<int64_t>(0, longest.count() / 2)(random_));
  }
  return wait(time);
}

void Milvus::Calls::note_written(uint64_t timestamp) {
  if (timestamp == 0) timestamp = kUnknownTimestamp;
  uint64_t known = written_until_.load();
  while (known < timestamp && !written_until_.compare_exchange_weak(known, timestamp)) {
  }
}

}  // namespace custos::client
