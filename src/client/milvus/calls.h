// Calls of one server: deadline, credentials, repetition, and what its answers mean.
#pragma once

#include <fmt/format.h>
#include <grpcpp/grpcpp.h>
#include <milvus_subset.grpc.pb.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <random>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include "client/milvus.h"

namespace custos::client {

namespace milvus = ::milvus::proto::milvus;

// Milvus 2.3 does not say when a removal took place: from then on "all that this client wrote" is all that was written.
inline constexpr uint64_t kUnknownTimestamp = UINT64_MAX;

class Milvus::Calls {
 public:
  using Service = milvus::MilvusService;
  enum class Repeat { kAlways, kRefused };  // kRefused: only where it surely did not take place

  // `authorities`: certificates in PEM that the server's is to be signed by; "": the system's.
  Calls(const MilvusOptions& options, const std::string& authorities, std::stop_token stop);

  [[nodiscard]] const MilvusOptions& options() const { return options_; }

  // `what`: the operation, for errors. The server's own status inside the answer counts as one of the call.
  template <typename Request, typename Answer>
  [[nodiscard]] Status call(std::string_view what,
                            grpc::Status (Service::Stub::*method)(grpc::ClientContext*, const Request&, Answer*),
                            Request request, Answer& answer, Repeat repeat = Repeat::kAlways) {
    request.set_db_name(options_.database);
    return send(what, method, request, answer, repeat);
  }
  // For requests that name no database.
  template <typename Request, typename Answer>
  [[nodiscard]] Status send(std::string_view what,
                            grpc::Status (Service::Stub::*method)(grpc::ClientContext*, const Request&, Answer*),
                            const Request& request, Answer& answer, Repeat repeat = Repeat::kAlways) {
    for (uint32_t attempt = 1;; ++attempt) {
      grpc::ClientContext context;
      prepare(context);
      const grpc::Status transport = (stub_.get()->*method)(&context, request, &answer);
      const Failure failure = failure_of(transport, status_of(answer));
      if (failure.kind == Failure::Kind::kNone) return {};
      const bool again = failure.kind == Failure::Kind::kRefused ||
                         (failure.kind == Failure::Kind::kUnknown && repeat == Repeat::kAlways);
      if (!again || attempt >= options_.attempts_max) return error(what, failure, attempt);
      RETURN_IF_ERROR(wait_before(attempt));
    }
  }

  // Sleeps; kCancelled where a stop is asked for.
  [[nodiscard]] Status wait(std::chrono::milliseconds time);

  // Of this client's last write; 1 where it wrote nothing.
  [[nodiscard]] uint64_t written_until() const { return written_until_.load(); }
  void note_written(uint64_t timestamp);

 private:
  struct Failure {
    // kRefused: it did not take place, and may later; kUnknown: the connection failed; kFinal: it will not do.
    enum class Kind { kNone, kRefused, kUnknown, kFinal };
    Kind kind = Kind::kNone;
    Code code = Code::kIo;
    std::string reason;
  };

  static const milvus::Status& status_of(const milvus::Status& answer) { return answer; }
  template <typename Answer>
  static const milvus::Status& status_of(const Answer& answer) {
    return answer.status();
  }

  void prepare(grpc::ClientContext& context) const;
  [[nodiscard]] static Failure failure_of(const grpc::Status& transport, const milvus::Status& status);
  [[nodiscard]] Error error(std::string_view what, const Failure& failure, uint32_t attempts) const;
  [[nodiscard]] Status wait_before(uint32_t attempt);

  const MilvusOptions options_;
  const std::stop_token stop_;
  std::string authorization_;
  std::unique_ptr<Service::Stub> stub_;
  std::atomic<uint64_t> written_until_{1};
  std::mutex random_mutex_;
  std::minstd_rand random_;
};

}  // namespace custos::client
