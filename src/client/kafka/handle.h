// A librdkafka instance with our options, our callbacks and our errors.
#pragma once

#include <librdkafka/rdkafka.h>

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "client/kafka_options.h"

namespace custos::client {

using Properties = std::vector<std::pair<std::string, std::string>>;

// What librdkafka calls back. note() comes from its own threads, the others from within the thread that polls.
class Listener {
 public:
  virtual ~Listener() = default;
  virtual void on_rebalance(rd_kafka_t*, rd_kafka_resp_err_t, rd_kafka_topic_partition_list_t*) {}
  virtual void on_delivery(const rd_kafka_message_t&) {}

  void note(std::string_view text);
  [[nodiscard]] std::string last_note() const;

 private:
  mutable std::mutex mutex_;
  std::string note_;
};

struct Destroy {
  void operator()(rd_kafka_t* handle) const { rd_kafka_destroy(handle); }
  void operator()(rd_kafka_queue_t* queue) const { rd_kafka_queue_destroy(queue); }
  void operator()(rd_kafka_topic_partition_list_t* list) const { rd_kafka_topic_partition_list_destroy(list); }
  void operator()(rd_kafka_conf_t* conf) const { rd_kafka_conf_destroy(conf); }
  void operator()(rd_kafka_error_t* error) const { rd_kafka_error_destroy(error); }
  void operator()(rd_kafka_event_t* event) const { rd_kafka_event_destroy(event); }
  void operator()(const rd_kafka_metadata_t* metadata) const { rd_kafka_metadata_destroy(metadata); }
};
template <typename T>
using Owned = std::unique_ptr<T, Destroy>;

// `own` are the properties that the caller relies on; the user's may not name them. `listener` outlives the handle.
[[nodiscard]] Result<Owned<rd_kafka_t>> open_handle(rd_kafka_type_t type, const KafkaOptions& connection,
                                                    const Properties& own, Listener& listener);
// Asks the brokers until one answers; kIo after connect_timeout_ms, and at once where a certificate or a password will
// not do.
[[nodiscard]] Status await_broker(rd_kafka_t* handle, const KafkaOptions& connection, const Listener& listener);

// "Kafka at host:9092: cannot commit: Broker: Group coordinator not available", with what to do where that is known.
[[nodiscard]] Error kafka_error(const std::string& brokers, std::string_view what, rd_kafka_resp_err_t code,
                                std::string_view detail = {});

[[nodiscard]] Owned<rd_kafka_topic_partition_list_t> list_of(const std::vector<KafkaPosition>& positions);
[[nodiscard]] std::vector<KafkaPartition> partitions_of(const rd_kafka_topic_partition_list_t& list);

}  // namespace custos::client
