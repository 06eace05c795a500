// Reads topics of Kafka: as a member of a group, whose rebalances the caller answers, or given partitions on its own.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "client/kafka_options.h"

struct rd_kafka_message_s;

namespace custos::client {

struct KafkaConsumerOptions {
  std::string group;                        // "": no group; then only read_from() is of use
  uint64_t queue_bytes_max = 32ULL << 20;   // fetched ahead of poll(), over all partitions; at least 1 KiB
  uint32_t max_poll_interval_ms = 300'000;  // without poll() for so long the group takes the partitions away
  uint32_t session_timeout_ms = 15'000;     // without a heartbeat for so long: this process has died
};

// A message, lent by the client without a copy, or a mark that stands between messages.
class KafkaMessage {
 public:
  enum class Kind {
    kMessage,
    kEnd,         // nothing is behind offset() at present; what is between the last message and it holds no message
    kOutOfRange,  // offset() is not there (any more): the partition stands still until seek()
  };

  explicit KafkaMessage(rd_kafka_message_s* message) : message_(message) {}  // takes it
  KafkaMessage(KafkaMessage&& other) noexcept : message_(std::exchange(other.message_, nullptr)) {}
  KafkaMessage& operator=(KafkaMessage&& other) noexcept;
  ~KafkaMessage();

  [[nodiscard]] Kind kind() const;
  [[nodiscard]] std::string_view topic() const;
  [[nodiscard]] int32_t partition() const;
  [[nodiscard]] int64_t offset() const;
  [[nodiscard]] int64_t timestamp_ms() const;  // -1: none
  [[nodiscard]] std::string_view key() const;
  // Nothing for a tombstone, whose value is null.
  [[nodiscard]] std::optional<std::string_view> value() const;
  [[nodiscard]] std::optional<std::string_view> header(const char* name) const;

 private:
  rd_kafka_message_s* message_;
};

struct KafkaEvent {
  enum class Kind {
    kNothing,   // the wait was over
    kMessages,  // `messages`, in order for each partition
    kAssigned,  // `partitions` came: answer with assign()
    kRevoked,   // `partitions` are to go: finish with them, then answer with unassign()
    kLost,      // `partitions` have gone already, perhaps to somebody else
  };
  Kind kind = Kind::kNothing;
  std::vector<KafkaMessage> messages;
  std::vector<KafkaPartition> partitions;
};

// poll() is for one thread, everything else for any. A broker that is away is waited for: librdkafka connects again.
class KafkaConsumer {
 public:
  // Sees that a broker answers: kIo names the brokers and the reason if none does in time, or if one refuses us.
  [[nodiscard]] static Result<std::unique_ptr<KafkaConsumer>> open(const KafkaOptions& connection,
                                                                   const KafkaConsumerOptions& options);
  // Leaves the group. REQUIRES: every KafkaMessage is gone.
  ~KafkaConsumer();
  KafkaConsumer(const KafkaConsumer&) = delete;
  KafkaConsumer& operator=(const KafkaConsumer&) = delete;

  // Joins the group; partitions come as events, cooperatively: those that stay are not touched by a rebalance.
  [[nodiscard]] Status subscribe(const std::string& topic);
  // One event, or kNothing after `wait`; at most `messages_max` messages. An error is one that waiting does not mend:
  // no such topic, not allowed, wrong password.
  [[nodiscard]] Result<KafkaEvent> poll(std::chrono::milliseconds wait, size_t messages_max);

  [[nodiscard]] Status assign(std::span<const KafkaPosition> positions);
  [[nodiscard]] Status unassign(std::span<const KafkaPartition> partitions);
  // Without a group: exactly these.
  [[nodiscard]] Status read_from(std::span<const KafkaPosition> positions);
  // A partition that this consumer has goes on there, also one that stood still at an offset that is not there.
  [[nodiscard]] Status seek(const KafkaPosition& position);
  [[nodiscard]] Status pause(std::span<const KafkaPartition> partitions);
  [[nodiscard]] Status resume(std::span<const KafkaPartition> partitions);
  // For tools that watch the lag. Returns before the broker has it; what fails then shows up as lag.
  [[nodiscard]] Status commit(std::span<const KafkaPosition> positions);
  // What the group committed; nothing where it never did.
  [[nodiscard]] Result<std::optional<int64_t>> committed(const KafkaPartition& partition);

  [[nodiscard]] Result<KafkaWatermarks> watermarks(const KafkaPartition& partition);
  // How many partitions; kNotFound where there is no such topic.
  [[nodiscard]] Result<int32_t> partition_count(const std::string& topic);

 private:
  struct Impl;
  explicit KafkaConsumer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace custos::client
