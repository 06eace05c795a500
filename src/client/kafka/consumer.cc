#include <algorithm>
#include <atomic>
#include <deque>

#include "client/kafka/handle.h"
#include "client/kafka_consumer.h"

namespace custos::client {
namespace {

constexpr int kAskMs = 10'000;
constexpr int kOffsetsMs = 60'000;  // a broker may be on its way back
constexpr size_t kBatchMax = 4096;

// Waiting does not mend these; everything else librdkafka tries again by itself.
bool is_final(rd_kafka_resp_err_t code) {
  switch (code) {
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR_INCONSISTENT_GROUP_PROTOCOL:
    case RD_KAFKA_RESP_ERR_INVALID_SESSION_TIMEOUT:
    case RD_KAFKA_RESP_ERR__FATAL:
      return true;
    default:
      return false;
  }
}

Properties properties_of(const KafkaConsumerOptions& options) {
  const std::string queue_kbytes = std::to_string(std::max<uint64_t>(1, options.queue_bytes_max >> 10));
  const uint32_t session_ms = std::min(options.session_timeout_ms, options.max_poll_interval_ms);
  return {{"group.id", options.group.empty() ? "custos-none" : options.group},
          {"enable.auto.commit", "false"},
          {"enable.auto.offset.store", "false"},
          {"enable.partition.eof", "true"},
          {"auto.offset.reset", "error"},
          {"isolation.level", "read_committed"},
          {"partition.assignment.strategy", "cooperative-sticky"},
          {"queued.max.messages.kbytes", queue_kbytes},
          {"queued.min.messages", "20000"},
          {"max.poll.interval.ms", std::to_string(options.max_poll_interval_ms)},
          {"session.timeout.ms", std::to_string(session_ms)},
          {"heartbeat.interval.ms", std::to_string(std::max(1U, std::min(3000U, session_ms / 3)))}};
}

std::vector<KafkaPosition> without_offsets(std::span<const KafkaPartition> partitions) {
  std::vector<KafkaPosition> positions;
  for (const KafkaPartition& each : partitions) positions.push_back({each, RD_KAFKA_OFFSET_INVALID});
  return positions;
}

}  // namespace

KafkaMessage& KafkaMessage::operator=(KafkaMessage&& other) noexcept {
  std::swap(message_, other.message_);
  return *this;
}

KafkaMessage::~KafkaMessage() {
  if (message_ != nullptr) rd_kafka_message_destroy(message_);
}

KafkaMessage::Kind KafkaMessage::kind() const {
  if (message_->err == RD_KAFKA_RESP_ERR_NO_ERROR) return Kind::kMessage;
  return message_->err == RD_KAFKA_RESP_ERR__PARTITION_EOF ? Kind::kEnd : Kind::kOutOfRange;
}

std::string_view KafkaMessage::topic() const {
  return message_->rkt == nullptr ? std::string_view() : std::string_view(rd_kafka_topic_name(message_->rkt));
}

int32_t KafkaMessage::partition() const { return message_->partition; }
int64_t KafkaMessage::offset() const { return message_->offset; }

int64_t KafkaMessage::timestamp_ms() const {
  rd_kafka_timestamp_type_t type{};
  return rd_kafka_message_timestamp(message_, &type);
}

std::string_view KafkaMessage::key() const { return {static_cast<const char*>(message_->key), message_->key_len}; }

std::optional<std::string_view> KafkaMessage::value() const {
  if (message_->payload == nullptr) return std::nullopt;
  return std::string_view(static_cast<const char*>(message_->payload), message_->len);
}

std::optional<std::string_view> KafkaMessage::header(const char* name) const {
  rd_kafka_headers_t* headers = nullptr;
  const void* value = nullptr;
  size_t size = 0;
  if (rd_kafka_message_headers(message_, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return std::nullopt;
  if (rd_kafka_header_get_last(headers, name, &value, &size) != RD_KAFKA_RESP_ERR_NO_ERROR) return std::nullopt;
  return std::string_view(static_cast<const char*>(value), size);
}

struct KafkaConsumer::Impl : Listener {
  void on_rebalance(rd_kafka_t* rk, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t* list) override;
  [[nodiscard]] Status answer(rd_kafka_t* rk, bool adds, const rd_kafka_topic_partition_list_t* list) const;
  [[nodiscard]] Status status(std::string_view what, rd_kafka_resp_err_t code) const {
    return code == RD_KAFKA_RESP_ERR_NO_ERROR ? Status() : kafka_error(brokers, what, code, {});
  }
  // Messages and marks go into `taken`; a final error is returned.
  [[nodiscard]] Status take(int wait_ms, size_t messages_max, std::vector<KafkaMessage>& taken);

  std::string brokers;
  bool in_group = false;
  std::atomic<bool> closing{false};
  std::deque<KafkaEvent> rebalances;
  std::vector<rd_kafka_message_t*> batch;
  Owned<rd_kafka_t> handle;
  Owned<rd_kafka_queue_t> queue;  // goes before the handle
};

Status KafkaConsumer::Impl::answer(rd_kafka_t* rk, bool adds, const rd_kafka_topic_partition_list_t* list) const {
  const char* const protocol = rd_kafka_rebalance_protocol(rk);
  if (std::string_view(protocol == nullptr ? "" : protocol) != "COOPERATIVE") {
    return status("cannot take partitions", rd_kafka_assign(rk, adds ? list : nullptr));
  }
  const Owned<rd_kafka_error_t> error(adds ? rd_kafka_incremental_assign(rk, list)
                                           : rd_kafka_incremental_unassign(rk, list));
  if (error == nullptr) return {};
  return kafka_error(brokers, adds ? "cannot take partitions" : "cannot give partitions back",
                     rd_kafka_error_code(error.get()));
}

void KafkaConsumer::Impl::on_rebalance(rd_kafka_t* rk, rd_kafka_resp_err_t code,
                                       rd_kafka_topic_partition_list_t* list) {
  const bool adds = code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS;
  const bool lost = !adds && rd_kafka_assignment_lost(rk) != 0;
  if (closing || lost || list->cnt == 0) {
    if (const Status answered = answer(rk, adds, list); !answered.ok()) note(answered.error().message);
  }
  if (closing || list->cnt == 0) return;
  KafkaEvent event;
  event.kind = adds ? KafkaEvent::Kind::kAssigned : lost ? KafkaEvent::Kind::kLost : KafkaEvent::Kind::kRevoked;
  event.partitions = partitions_of(*list);
  rebalances.push_back(std::move(event));
  rd_kafka_yield(rk);
}

Status KafkaConsumer::Impl::take(int wait_ms, size_t messages_max, std::vector<KafkaMessage>& taken) {
  batch.resize(std::min(messages_max, kBatchMax));
  const ssize_t count = rd_kafka_consume_batch_queue(queue.get(), wait_ms, batch.data(), batch.size());
  Status result;
  for (ssize_t i = 0; i < count; ++i) {
    KafkaMessage message(batch[i]);
    const rd_kafka_resp_err_t code = batch[i]->err;
    const bool is_mark = code == RD_KAFKA_RESP_ERR__PARTITION_EOF || code == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET;
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR || is_mark) {
      taken.push_back(std::move(message));
    } else if (is_final(code) && result.ok()) {
      result = kafka_error(brokers, "cannot read", code, {});
    }
  }
  return result;
}

KafkaConsumer::KafkaConsumer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

KafkaConsumer::~KafkaConsumer() {
  impl_->closing = true;
  // Whoever was asked for an answer and gave none: the group shall not wait for it.
  if (impl_->in_group && !impl_->rebalances.empty()) rd_kafka_assign(impl_->handle.get(), nullptr);
  rd_kafka_consumer_close(impl_->handle.get());
}

Result<std::unique_ptr<KafkaConsumer>> KafkaConsumer::open(const KafkaOptions& connection,
                                                           const KafkaConsumerOptions& options) {
  auto impl = std::make_unique<Impl>();
  impl->brokers = connection.brokers;
  ASSIGN_OR_RETURN(impl->handle, open_handle(RD_KAFKA_CONSUMER, connection, properties_of(options), *impl));
  RETURN_IF_ERROR(await_broker(impl->handle.get(), connection, *impl));
  rd_kafka_poll_set_consumer(impl->handle.get());
  impl->queue.reset(rd_kafka_queue_get_consumer(impl->handle.get()));
  return std::unique_ptr<KafkaConsumer>(new KafkaConsumer(std::move(impl)));
}

Status KafkaConsumer::subscribe(const std::string& topic) {
  const auto list = list_of({{{topic, RD_KAFKA_PARTITION_UA}, RD_KAFKA_OFFSET_INVALID}});
  impl_->in_group = true;
  return impl_->status("cannot subscribe to " + topic, rd_kafka_subscribe(impl_->handle.get(), list.get()));
}

Result<KafkaEvent> KafkaConsumer::poll(std::chrono::milliseconds wait, size_t messages_max) {
  KafkaEvent event;
  if (impl_->rebalances.empty()) {
    RETURN_IF_ERROR(impl_->take(0, messages_max, event.messages));
    // A batch that is waited for would be waited for until it is full.
    if (event.messages.empty() && impl_->rebalances.empty() && wait.count() > 0) {
      RETURN_IF_ERROR(impl_->take(static_cast<int>(wait.count()), 1, event.messages));
    }
  }
  if (!event.messages.empty()) {
    event.kind = KafkaEvent::Kind::kMessages;
  } else if (!impl_->rebalances.empty()) {
    event = std::move(impl_->rebalances.front());
    impl_->rebalances.pop_front();
  }
  return event;
}

Status KafkaConsumer::assign(std::span<const KafkaPosition> positions) {
  const auto list = list_of({positions.begin(), positions.end()});
  return impl_->answer(impl_->handle.get(), true, list.get());
}

Status KafkaConsumer::unassign(std::span<const KafkaPartition> partitions) {
  const auto list = list_of(without_offsets(partitions));
  return impl_->answer(impl_->handle.get(), false, list.get());
}

Status KafkaConsumer::read_from(std::span<const KafkaPosition> positions) {
  const auto list = list_of({positions.begin(), positions.end()});
  return impl_->status("cannot read", rd_kafka_assign(impl_->handle.get(), list.get()));
}

// By leaving the partition and taking it again: rd_kafka_seek_partitions() refuses one whose last offset was not there.
Status KafkaConsumer::seek(const KafkaPosition& position) {
  const auto list = list_of({position});
  Owned<rd_kafka_error_t> error(rd_kafka_incremental_unassign(impl_->handle.get(), list.get()));
  if (error == nullptr) error.reset(rd_kafka_incremental_assign(impl_->handle.get(), list.get()));
  const rd_kafka_resp_err_t code = error == nullptr ? RD_KAFKA_RESP_ERR_NO_ERROR : rd_kafka_error_code(error.get());
  return impl_->status("cannot go to an offset of " + position.partition.topic, code);
}

Status KafkaConsumer::pause(std::span<const KafkaPartition> partitions) {
  const auto list = list_of(without_offsets(partitions));
  return impl_->status("cannot pause", rd_kafka_pause_partitions(impl_->handle.get(), list.get()));
}

Status KafkaConsumer::resume(std::span<const KafkaPartition> partitions) {
  const auto list = list_of(without_offsets(partitions));
  return impl_->status("cannot go on", rd_kafka_resume_partitions(impl_->handle.get(), list.get()));
}

Status KafkaConsumer::commit(std::span<const KafkaPosition> positions) {
  const auto list = list_of({positions.begin(), positions.end()});
  return impl_->status("cannot commit", rd_kafka_commit(impl_->handle.get(), list.get(), 1));
}

Result<std::optional<int64_t>> KafkaConsumer::committed(const KafkaPartition& partition) {
  const auto list = list_of({{partition, RD_KAFKA_OFFSET_INVALID}});
  RETURN_IF_ERROR(
      impl_->status("cannot ask what is committed", rd_kafka_committed(impl_->handle.get(), list.get(), kAskMs)));
  const int64_t offset = list->elems[0].offset;
  return offset < 0 ? std::optional<int64_t>() : offset;
}

Result<KafkaWatermarks> KafkaConsumer::watermarks(const KafkaPartition& partition) {
  KafkaWatermarks found;
  RETURN_IF_ERROR(
      impl_->status("cannot ask for the offsets of " + partition.topic,
                    rd_kafka_query_watermark_offsets(impl_->handle.get(), partition.topic.c_str(), partition.partition,
                                                     &found.low, &found.high, kOffsetsMs)));
  return found;
}

Result<int32_t> KafkaConsumer::partition_count(const std::string& topic) {
  rd_kafka_topic_t* const named = rd_kafka_topic_new(impl_->handle.get(), topic.c_str(), nullptr);
  if (named == nullptr) return kafka_error(impl_->brokers, "topic " + topic, rd_kafka_last_error());
  const rd_kafka_metadata_t* found = nullptr;
  const rd_kafka_resp_err_t code = rd_kafka_metadata(impl_->handle.get(), 0, named, &found, kAskMs);
  rd_kafka_topic_destroy(named);
  const Owned<const rd_kafka_metadata_t> owned(found);
  RETURN_IF_ERROR(impl_->status("topic " + topic, code));
  if (found->topic_cnt != 1) return kafka_error(impl_->brokers, "topic " + topic, RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC);
  RETURN_IF_ERROR(impl_->status("topic " + topic, found->topics[0].err));
  return found->topics[0].partition_cnt;
}

}  // namespace custos::client
