#include <array>
#include <functional>

#include "client/kafka/handle.h"
#include "client/kafka_admin.h"

namespace custos::client {
namespace {

constexpr int kAskMs = 30'000;
constexpr size_t kReasonBytes = 512;

// One question to the cluster and its answer.
class Question {
 public:
  [[nodiscard]] Status open(const KafkaOptions& connection) {
    brokers_ = connection.brokers;
    ASSIGN_OR_RETURN(handle_, open_handle(RD_KAFKA_PRODUCER, connection, {}, listener_));
    RETURN_IF_ERROR(await_broker(handle_.get(), connection, listener_));
    queue_.reset(rd_kafka_queue_new(handle_.get()));
    return {};
  }

  [[nodiscard]] rd_kafka_t* handle() const { return handle_.get(); }
  [[nodiscard]] rd_kafka_queue_t* queue() const { return queue_.get(); }

  [[nodiscard]] Error error(std::string_view what, rd_kafka_resp_err_t code, const char* detail) const {
    return kafka_error(brokers_, what, code, detail == nullptr ? "" : detail);
  }

  [[nodiscard]] Result<Owned<rd_kafka_event_t>> answer(std::string_view what) const {
    Owned<rd_kafka_event_t> event(rd_kafka_queue_poll(queue_.get(), kAskMs));
    if (event == nullptr) return error(what, RD_KAFKA_RESP_ERR__TIMED_OUT, nullptr);
    if (rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return error(what, rd_kafka_event_error(event.get()), rd_kafka_event_error_string(event.get()));
    }
    return event;
  }

  [[nodiscard]] Status topic_status(std::string_view what, const rd_kafka_topic_result_t* const* topics,
                                    size_t count) const {
    if (count != 1) return error(what, RD_KAFKA_RESP_ERR__BAD_MSG, nullptr);
    const rd_kafka_resp_err_t code = rd_kafka_topic_result_error(topics[0]);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
    return error(what, code, rd_kafka_topic_result_error_string(topics[0]));
  }

 private:
  std::string brokers_;
  Listener listener_;
  Owned<rd_kafka_t> handle_;
  Owned<rd_kafka_queue_t> queue_;
};

// Calls what frees a C object at the end of the scope.
class Finally {
 public:
  explicit Finally(std::function<void()> run) : run_(std::move(run)) {}
  ~Finally() { run_(); }
  Finally(const Finally&) = delete;
  Finally& operator=(const Finally&) = delete;

 private:
  std::function<void()> run_;
};

}  // namespace

Status create_topic(const KafkaOptions& connection, const KafkaTopic& topic) {
  Question question;
  RETURN_IF_ERROR(question.open(connection));
  const std::string what = "cannot make the topic " + topic.name;
  std::array<char, kReasonBytes> reason{};
  rd_kafka_NewTopic_t* wanted =
      rd_kafka_NewTopic_new(topic.name.c_str(), topic.partitions, topic.replicas, reason.data(), reason.size());
  if (wanted == nullptr) return question.error(what, RD_KAFKA_RESP_ERR__INVALID_ARG, reason.data());
  const Finally destroy([&] { rd_kafka_NewTopic_destroy(wanted); });
  for (const auto& [name, value] : topic.settings) {
    const rd_kafka_resp_err_t code = rd_kafka_NewTopic_set_config(wanted, name.c_str(), value.c_str());
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return question.error(what, code, nullptr);
  }
  rd_kafka_CreateTopics(question.handle(), &wanted, 1, nullptr, question.queue());
  ASSIGN_OR_RETURN(const auto event, question.answer(what));
  size_t count = 0;
  const auto* const result = rd_kafka_event_CreateTopics_result(event.get());
  const auto* const* topics = rd_kafka_CreateTopics_result_topics(result, &count);
  return question.topic_status(what, topics, count);
}

Status ensure_topic(const KafkaOptions& connection, const KafkaTopic& topic) {
  const Status made = create_topic(connection, topic);
  return !made.ok() && made.error().code == Code::kConflict ? Status() : made;
}

Status delete_topic(const KafkaOptions& connection, const std::string& name) {
  Question question;
  RETURN_IF_ERROR(question.open(connection));
  const std::string what = "cannot delete the topic " + name;
  rd_kafka_DeleteTopic_t* unwanted = rd_kafka_DeleteTopic_new(name.c_str());
  const Finally destroy([&] { rd_kafka_DeleteTopic_destroy(unwanted); });
  rd_kafka_DeleteTopics(question.handle(), &unwanted, 1, nullptr, question.queue());
  ASSIGN_OR_RETURN(const auto event, question.answer(what));
  size_t count = 0;
  const auto* const result = rd_kafka_event_DeleteTopics_result(event.get());
  const auto* const* topics = rd_kafka_DeleteTopics_result_topics(result, &count);
  return question.topic_status(what, topics, count);
}

Status delete_records(const KafkaOptions& connection, const KafkaPosition& position) {
  Question question;
  RETURN_IF_ERROR(question.open(connection));
  const std::string what = "cannot delete records of " + position.partition.topic;
  const auto list = list_of({position});
  rd_kafka_DeleteRecords_t* unwanted = rd_kafka_DeleteRecords_new(list.get());
  const Finally destroy([&] { rd_kafka_DeleteRecords_destroy(unwanted); });
  rd_kafka_DeleteRecords(question.handle(), &unwanted, 1, nullptr, question.queue());
  ASSIGN_OR_RETURN(const auto event, question.answer(what));
  const auto* const offsets = rd_kafka_DeleteRecords_result_offsets(rd_kafka_event_DeleteRecords_result(event.get()));
  const rd_kafka_resp_err_t code = offsets->elems[0].err;
  return code == RD_KAFKA_RESP_ERR_NO_ERROR ? Status() : question.error(what, code, nullptr);
}

Result<std::string> topic_setting(const KafkaOptions& connection, const std::string& topic,
                                  const std::string& setting) {
  Question question;
  RETURN_IF_ERROR(question.open(connection));
  const std::string what = "cannot ask for settings of " + topic;
  rd_kafka_ConfigResource_t* resource = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str());
  const Finally destroy([&] { rd_kafka_ConfigResource_destroy(resource); });
  rd_kafka_DescribeConfigs(question.handle(), &resource, 1, nullptr, question.queue());
  ASSIGN_OR_RETURN(const auto event, question.answer(what));
  size_t count = 0;
  const auto* const result = rd_kafka_event_DescribeConfigs_result(event.get());
  const auto* const* resources = rd_kafka_DescribeConfigs_result_resources(result, &count);
  if (count != 1) return question.error(what, RD_KAFKA_RESP_ERR__BAD_MSG, nullptr);
  const rd_kafka_resp_err_t code = rd_kafka_ConfigResource_error(resources[0]);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return question.error(what, code, nullptr);
  const auto* const* entries = rd_kafka_ConfigResource_configs(resources[0], &count);
  for (size_t i = 0; i < count; ++i) {
    const char* const value = rd_kafka_ConfigEntry_value(entries[i]);
    if (setting == rd_kafka_ConfigEntry_name(entries[i]) && value != nullptr) return std::string(value);
  }
  return Error{Code::kNotFound, "Kafka: there is no setting " + setting + " of a topic"};
}

}  // namespace custos::client
