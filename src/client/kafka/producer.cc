#include <fmt/format.h>

#include <algorithm>

#include "client/kafka/handle.h"
#include "client/kafka_producer.h"

namespace custos::client {
namespace {

constexpr int kTransactionStepMs = 60'000;
constexpr int kTransactionTries = 5;
constexpr uint32_t kServeEvery = 64;  // records between two looks for delivery reports
constexpr uint64_t kQueueRecordsMax = 500'000;

Properties properties_of(const KafkaProducerOptions& options) {
  Properties all = {
      {"enable.idempotence", "true"},
      {"acks", "all"},
      {"message.max.bytes", std::to_string(std::max<uint64_t>(1000, options.message_bytes_max))},
      {"queue.buffering.max.kbytes", std::to_string(std::max<uint64_t>(1, options.queue_bytes_max >> 10))},
      {"queue.buffering.max.messages", std::to_string(kQueueRecordsMax)},
      {"message.timeout.ms", std::to_string(options.delivery_timeout_ms)},
      {"linger.ms", "5"},
      {"partitioner", "murmur2_random"}};  // the one of Kafka's own clients
  if (!options.transactional_id.empty()) {
    all.emplace_back("transactional.id", options.transactional_id);
    all.emplace_back("transaction.timeout.ms",
                     std::to_string(std::max(options.transaction_timeout_ms, options.delivery_timeout_ms)));
  }
  return all;
}

}  // namespace

struct KafkaProducer::Impl : Listener {
  void on_delivery(const rd_kafka_message_t& message) override;
  [[nodiscard]] Status send(const std::string& topic, const KafkaRecord& record, bool has_value);
  [[nodiscard]] Status undelivered() const;
  // Runs a step of a transaction, again where librdkafka says that this may help.
  template <typename Step>
  [[nodiscard]] Status transact(std::string_view what, Step step);

  std::string brokers;
  KafkaProducerOptions options;
  uint32_t since_served = 0;
  uint64_t delivered = 0;
  uint64_t failed = 0;
  rd_kafka_resp_err_t first_failure = RD_KAFKA_RESP_ERR_NO_ERROR;
  Owned<rd_kafka_t> handle;
};

void KafkaProducer::Impl::on_delivery(const rd_kafka_message_t& message) {
  if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR) {
    ++delivered;
    return;
  }
  if (failed++ == 0) first_failure = message.err;
}

Status KafkaProducer::Impl::undelivered() const {
  if (failed == 0) return {};
  return kafka_error(brokers, fmt::format("{} records were not delivered", failed), first_failure, last_note());
}

Status KafkaProducer::Impl::send(const std::string& topic, const KafkaRecord& record, bool has_value) {
  if (record.value.size() + record.key.size() > options.message_bytes_max) {
    return kafka_error(brokers,
                       fmt::format("a record of {} bytes for {}, {} are the most", record.value.size(), topic,
                                   options.message_bytes_max),
                       RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE);
  }
  rd_kafka_headers_t* headers = record.headers.empty() ? nullptr : rd_kafka_headers_new(record.headers.size());
  for (const auto& [name, value] : record.headers) {
    rd_kafka_header_add(headers, name.data(), static_cast<ssize_t>(name.size()), value.data(),
                        static_cast<ssize_t>(value.size()));
  }
  const char* const empty = "";
  const char* const value = !has_value ? nullptr : record.value.empty() ? empty : record.value.data();
  rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR__QUEUE_FULL;
  // A full queue empties within the delivery timeout: each record in it is delivered, or has failed by then.
  for (uint32_t waited_ms = 0; waited_ms <= options.delivery_timeout_ms + 1000; waited_ms += 100) {
    code = rd_kafka_producev(handle.get(), RD_KAFKA_V_TOPIC(topic.c_str()),
                             RD_KAFKA_V_KEY(record.key.data(), record.key.size()),
                             RD_KAFKA_V_VALUE(const_cast<char*>(value), has_value ? record.value.size() : 0),
                             RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_END);
    if (code != RD_KAFKA_RESP_ERR__QUEUE_FULL) break;
    rd_kafka_poll(handle.get(), 100);
  }
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
    if (++since_served % kServeEvery == 0) rd_kafka_poll(handle.get(), 0);
    return undelivered();
  }
  if (headers != nullptr) rd_kafka_headers_destroy(headers);
  return kafka_error(brokers, "cannot send to " + topic, code, last_note());
}

template <typename Step>
Status KafkaProducer::Impl::transact(std::string_view what, Step step) {
  Status result;
  for (int tries = 0; tries < kTransactionTries; ++tries) {
    const Owned<rd_kafka_error_t> error(step());
    if (error == nullptr) return {};
    const rd_kafka_resp_err_t code = rd_kafka_error_code(error.get());
    result = kafka_error(brokers, what, code, rd_kafka_error_string(error.get()));
    if (rd_kafka_error_is_retriable(error.get()) == 0) break;
  }
  return result;
}

KafkaProducer::KafkaProducer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

KafkaProducer::~KafkaProducer() {
  rd_kafka_purge(impl_->handle.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  rd_kafka_poll(impl_->handle.get(), 0);
}

Result<std::unique_ptr<KafkaProducer>> KafkaProducer::open(const KafkaOptions& connection,
                                                           const KafkaProducerOptions& options) {
  auto impl = std::make_unique<Impl>();
  impl->brokers = connection.brokers;
  impl->options = options;
  ASSIGN_OR_RETURN(impl->handle, open_handle(RD_KAFKA_PRODUCER, connection, properties_of(options), *impl));
  RETURN_IF_ERROR(await_broker(impl->handle.get(), connection, *impl));
  if (!options.transactional_id.empty()) {
    RETURN_IF_ERROR(impl->transact("cannot begin as " + options.transactional_id,
                                   [&] { return rd_kafka_init_transactions(impl->handle.get(), kTransactionStepMs); }));
  }
  return std::unique_ptr<KafkaProducer>(new KafkaProducer(std::move(impl)));
}

Status KafkaProducer::send(const std::string& topic, const KafkaRecord& record) {
  return impl_->send(topic, record, true);
}

Status KafkaProducer::send_tombstone(const std::string& topic, std::string_view key) {
  return impl_->send(topic, {key, {}, {}}, false);
}

Status KafkaProducer::flush(std::chrono::milliseconds wait) {
  const rd_kafka_resp_err_t code = rd_kafka_flush(impl_->handle.get(), static_cast<int>(wait.count()));
  RETURN_IF_ERROR(impl_->undelivered());
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
  return kafka_error(impl_->brokers, "records are not acknowledged yet", code, impl_->last_note());
}

Status KafkaProducer::begin_transaction() {
  return impl_->transact("cannot begin a transaction", [&] { return rd_kafka_begin_transaction(impl_->handle.get()); });
}

Status KafkaProducer::commit_transaction() {
  return impl_->transact("cannot commit a transaction",
                         [&] { return rd_kafka_commit_transaction(impl_->handle.get(), kTransactionStepMs); });
}

Status KafkaProducer::abort_transaction() {
  const Status aborted = impl_->transact("cannot abort a transaction", [&] {
    return rd_kafka_abort_transaction(impl_->handle.get(), kTransactionStepMs);
  });
  impl_->failed = 0;
  return aborted;
}

uint64_t KafkaProducer::delivered() const { return impl_->delivered; }

}  // namespace custos::client
