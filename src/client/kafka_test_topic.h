// For tests: a topic of the test's own, which goes with it.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <string>
#include <utility>

#include "client/client_test_server.h"
#include "client/kafka_admin.h"
#include "client/kafka_consumer.h"
#include "client/kafka_producer.h"

namespace custos::client {

[[nodiscard]] inline KafkaOptions test_kafka() {
  KafkaOptions options;
  options.brokers = test_server("CUSTOS_TEST_KAFKA");
  return options;
}

[[nodiscard]] inline std::string unique_name(const std::string& prefix) {
  static std::atomic<int> count{0};
  const auto now = std::chrono::system_clock::now().time_since_epoch().count();
  return prefix + "-" + std::to_string(getpid()) + "-" + std::to_string(now) + "-" + std::to_string(count++);
}

class TestTopic {
 public:
  explicit TestTopic(int32_t partitions = 1, std::vector<std::pair<std::string, std::string>> settings = {},
                     KafkaOptions connection = test_kafka())
      : connection_(std::move(connection)), name_(unique_name("custos-test")) {
    const Status made = create_topic(connection_, {name_, partitions, 1, std::move(settings)});
    EXPECT_TRUE(made.ok()) << made.error().message;
  }
  ~TestTopic() {
    static_cast<void>(delete_topic(connection_, name_));
    static_cast<void>(delete_topic(connection_, name_ + ".dead-letter"));
  }
  TestTopic(const TestTopic&) = delete;
  TestTopic& operator=(const TestTopic&) = delete;

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const KafkaOptions& connection() const { return connection_; }
  [[nodiscard]] KafkaPartition partition(int32_t number) const { return {name_, number}; }

  [[nodiscard]] std::unique_ptr<KafkaProducer> producer(KafkaProducerOptions options = {}) const {
    auto opened = KafkaProducer::open(connection_, options);
    EXPECT_TRUE(opened.ok()) << opened.error().message;
    return opened.ok() ? std::move(*opened) : nullptr;
  }

 private:
  KafkaOptions connection_;
  std::string name_;
};

}  // namespace custos::client
