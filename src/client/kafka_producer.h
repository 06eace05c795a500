// Writes to topics of Kafka: each record once and in order (an idempotent producer), alone or in transactions.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "client/kafka_options.h"

namespace custos::client {

struct KafkaProducerOptions {
  std::string transactional_id;               // "": without transactions. Whoever opens it anew shuts out the last one
  uint64_t message_bytes_max = 1'000'000;     // the broker's message.max.bytes, or the topic's, must be as large
  uint64_t queue_bytes_max = 64ULL << 20;     // not yet acknowledged; send() waits for room
  uint32_t delivery_timeout_ms = 60'000;      // a record that the brokers don't acknowledge by then has failed
  uint32_t transaction_timeout_ms = 300'000;  // a longer transaction is ended by the broker
};

struct KafkaRecord {
  std::string_view key;
  std::string_view value;
  std::span<const std::pair<std::string_view, std::string_view>> headers;
};

// One thread at a time. After an error records may be missing: abort the transaction, or give up.
class KafkaProducer {
 public:
  // Sees that a broker answers, as KafkaConsumer::open does. With a transactional_id, what an earlier producer of that
  // id left open is aborted.
  [[nodiscard]] static Result<std::unique_ptr<KafkaProducer>> open(const KafkaOptions& connection,
                                                                   const KafkaProducerOptions& options);
  // Records that flush() or commit_transaction() did not see through are dropped.
  ~KafkaProducer();
  KafkaProducer(const KafkaProducer&) = delete;
  KafkaProducer& operator=(const KafkaProducer&) = delete;

  // Takes a copy. The key chooses the partition. kLimit for a record above message_bytes_max; kIo with the reason where
  // an earlier one was not delivered.
  [[nodiscard]] Status send(const std::string& topic, const KafkaRecord& record);
  // A null value: of a compacted topic it deletes the key.
  [[nodiscard]] Status send_tombstone(const std::string& topic, std::string_view key);
  // Every record so far is acknowledged by all replicas in sync, or an error says why one is not.
  [[nodiscard]] Status flush(std::chrono::milliseconds wait);

  // REQUIRES: a transactional_id.
  [[nodiscard]] Status begin_transaction();
  // kConflict where a newer producer has taken the transactional_id.
  [[nodiscard]] Status commit_transaction();
  [[nodiscard]] Status abort_transaction();

  [[nodiscard]] uint64_t delivered() const;  // acknowledged so far

 private:
  struct Impl;
  explicit KafkaProducer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace custos::client
