#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <set>

#include "client/kafka_test_topic.h"

namespace custos::client {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

std::unique_ptr<KafkaConsumer> open_consumer(const std::string& group, KafkaConsumerOptions options = {}) {
  options.group = group;
  auto opened = KafkaConsumer::open(test_kafka(), options);
  EXPECT_TRUE(opened.ok()) << opened.error().message;
  return opened.ok() ? std::move(*opened) : nullptr;
}

void send(KafkaProducer& producer, const std::string& topic, int first, int end) {
  for (int i = first; i < end; ++i) {
    const std::string text = std::to_string(i);
    const Status sent = producer.send(topic, {text, text, {}});
    ASSERT_TRUE(sent.ok()) << sent.error().message;
  }
  const Status flushed = producer.flush(seconds(30));
  ASSERT_TRUE(flushed.ok()) << flushed.error().message;
}

// Polls until `enough`, answering rebalances with `positions` (from the beginning where there is none).
struct Reader {
  KafkaConsumer& consumer;
  std::map<KafkaPartition, int64_t> positions;
  std::set<KafkaPartition> owned;
  std::multiset<std::string> values;
  std::map<KafkaPartition, int64_t> ends;
  size_t out_of_range = 0;

  void poll() {
    auto event = consumer.poll(milliseconds(50), 1000);
    ASSERT_TRUE(event.ok()) << event.error().message;
    if (event->kind == KafkaEvent::Kind::kAssigned) {
      std::vector<KafkaPosition> from;
      for (const auto& each : event->partitions) from.push_back({each, positions[each]});
      ASSERT_TRUE(consumer.assign(from).ok());
      owned.insert(event->partitions.begin(), event->partitions.end());
    } else if (event->kind == KafkaEvent::Kind::kRevoked) {
      for (const auto& each : event->partitions) owned.erase(each);
      ASSERT_TRUE(consumer.unassign(event->partitions).ok());
    }
    for (const KafkaMessage& each : event->messages) take(each);
  }
  void take(const KafkaMessage& each) {
    const KafkaPartition partition{std::string(each.topic()), each.partition()};
    if (each.kind() == KafkaMessage::Kind::kEnd) ends[partition] = each.offset();
    if (each.kind() == KafkaMessage::Kind::kOutOfRange) ++out_of_range;
    if (each.kind() != KafkaMessage::Kind::kMessage) return;
    positions[partition] = each.offset() + 1;
    values.emplace(each.value().value_or("(null)"));
  }
  void until(const std::function<bool()>& enough) {
    const auto deadline = Clock::now() + seconds(40);
    while (!enough() && Clock::now() < deadline && !::testing::Test::HasFatalFailure()) poll();
    EXPECT_TRUE(enough()) << values.size() << " messages";
  }
};

TEST(Kafka, WhatAProducerSendsAConsumerReadsOnceAndInOrder) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_KAFKA");
  const TestTopic topic(4);
  const auto producer = topic.producer();
  send(*producer, topic.name(), 0, 10'000);
  EXPECT_EQ(producer->delivered(), 10'000U);
  const auto consumer = open_consumer(unique_name("group"));
  ASSERT_TRUE(consumer->subscribe(topic.name()).ok());
  Reader reader{*consumer};
  reader.until([&] { return reader.values.size() >= 10'000; });
  EXPECT_EQ(std::set<std::string>(reader.values.begin(), reader.values.end()).size(), 10'000U);
  EXPECT_EQ(*consumer->partition_count(topic.name()), 4);
}

TEST(Kafka, ASecondConsumerTakesHalfAndTheFirstKeepsTheRest) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_KAFKA");
  const TestTopic topic(4);
  const std::string group = unique_name("group");
  const auto one = open_consumer(group);
  ASSERT_TRUE(one->subscribe(topic.name()).ok());
  Reader first{*one};
  first.until([&] { return first.owned.size() == 4; });
  auto two = open_consumer(group);
  ASSERT_TRUE(two->subscribe(topic.name()).ok());
  Reader second{*two};
  second.until([&] { return first.poll(), first.owned.size() == 2 && second.owned.size() == 2; });
  two.reset();
  first.until([&] { return first.owned.size() == 4; });
}

TEST(Kafka, CommitsShowTheLagAndPositionsAreGone) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_KAFKA");
  const TestTopic topic;
  send(*topic.producer(), topic.name(), 0, 10);
  const auto consumer = open_consumer(unique_name("group"));
  EXPECT_EQ(*consumer->committed(topic.partition(0)), std::nullopt);
  ASSERT_TRUE(consumer->subscribe(topic.name()).ok());
  Reader reader{*consumer};
  reader.positions[topic.partition(0)] = 4;
  reader.until([&] { return reader.ends.size() == 1; });
  EXPECT_EQ(reader.values.size(), 6U);
  const KafkaPosition end{topic.partition(0), 10};
  ASSERT_TRUE(consumer->commit(std::span(&end, 1)).ok());
  reader.until([&] { return *consumer->committed(topic.partition(0)) == std::optional<int64_t>(10); });
  const auto marks = consumer->watermarks(topic.partition(0));
  ASSERT_TRUE(marks.ok());
  EXPECT_EQ(marks->low, 0);
  EXPECT_EQ(marks->high, 10);
}

TEST(Kafka, AnOffsetThatIsNotThereStandsStillUntilSeek) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_KAFKA");
  const TestTopic topic;
  send(*topic.producer(), topic.name(), 0, 10);
  ASSERT_TRUE(delete_records(topic.connection(), {topic.partition(0), 4}).ok());
  const auto consumer = open_consumer(unique_name("group"));
  ASSERT_TRUE(consumer->subscribe(topic.name()).ok());
  Reader reader{*consumer};
  reader.until([&] { return reader.out_of_range == 1; });
  EXPECT_TRUE(reader.values.empty());
  const Status sought = consumer->seek({topic.partition(0), 4});
  ASSERT_TRUE(sought.ok()) << sought.error().message;
  reader.until([&] { return reader.values.size() == 6; });
}

TEST(Kafka, AbortedTransactionsAreNotReadAndTheEndLiesBehindTheirMarkers) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_KAFKA");
  const TestTopic topic;
  const auto producer = topic.producer({.transactional_id = unique_name("transaction")});
  for (const bool commits : {true, false, true}) {
    ASSERT_TRUE(producer->begin_transaction().ok());
    const std::array<std::pair<std::string_view, std::string_view>, 1> headers = {{{"custos-commit", "7"}}};
    ASSERT_TRUE(producer->send(topic.name(), {"k", commits ? "kept" : "dropped", headers}).ok());
    ASSERT_TRUE(producer->flush(seconds(30)).ok());
    const Status ended = commits ? producer->commit_transaction() : producer->abort_transaction();
    ASSERT_TRUE(ended.ok()) << ended.error().message;
  }
  const auto consumer = open_consumer("");
  const KafkaPosition begin{topic.partition(0), 0};
  ASSERT_TRUE(consumer->read_from(std::span(&begin, 1)).ok());
  Reader reader{*consumer};
  reader.until([&] { return reader.ends.contains(topic.partition(0)) && reader.ends.at(topic.partition(0)) == 6; });
  EXPECT_EQ(reader.values, (std::multiset<std::string>{"kept", "kept"}));
}

TEST(Kafka, ANewerProducerOfATransactionShutsOutTheOlder) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_KAFKA");
  const TestTopic topic;
  const std::string id = unique_name("transaction");
  const auto older = topic.producer({.transactional_id = id});
  ASSERT_TRUE(older->begin_transaction().ok());
  ASSERT_TRUE(older->send(topic.name(), {"k", "v", {}}).ok());
  ASSERT_TRUE(older->flush(seconds(10)).ok());
  const auto newer = topic.producer({.transactional_id = id});
  const Status committed = older->commit_transaction();
  ASSERT_FALSE(committed.ok());
  EXPECT_EQ(committed.error().code, Code::kConflict) << committed.error().message;
}

TEST(Kafka, ARecordTooLargeIsRefusedWithAdvice) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_KAFKA");
  const TestTopic topic;
  const auto producer = topic.producer();
  const Status sent = producer->send(topic.name(), {"k", std::string(1'100'000, 'x'), {}});
  ASSERT_FALSE(sent.ok());
  EXPECT_EQ(sent.error().code, Code::kLimit);
  EXPECT_NE(sent.error().message.find("S3"), std::string::npos) << sent.error().message;
  EXPECT_EQ(*topic_setting(topic.connection(), topic.name(), "max.message.bytes"), "1048588");
}

TEST(Kafka, ATopicTakesARecordThatIsTooLargeForItBackWithAdvice) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_KAFKA");
  const TestTopic topic(1, {{"max.message.bytes", "2000"}});
  const auto producer = topic.producer();
  ASSERT_TRUE(producer->send(topic.name(), {"k", std::string(5000, 'x'), {}}).ok());
  const Status flushed = producer->flush(seconds(30));
  ASSERT_FALSE(flushed.ok());
  EXPECT_EQ(flushed.error().code, Code::kLimit);
  EXPECT_NE(flushed.error().message.find("S3"), std::string::npos) << flushed.error().message;
}

TEST(Kafka, TopicsThatAreThereOrNotAreErrorsOfTheirOwn) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_KAFKA");
  const TestTopic topic;
  EXPECT_EQ(create_topic(topic.connection(), {topic.name()}).error().code, Code::kConflict);
  EXPECT_TRUE(ensure_topic(topic.connection(), {topic.name()}).ok());
  EXPECT_EQ(delete_topic(topic.connection(), "custos-no-such-topic").error().code, Code::kNotFound);
  EXPECT_EQ(open_consumer("")->partition_count("custos no such topic").ok(), false);
}

TEST(Kafka, NoBrokerIsAnErrorThatNamesTheAddress) {
  KafkaOptions nowhere;
  nowhere.brokers = "127.0.0.1:1";
  nowhere.connect_timeout_ms = 1500;
  const auto opened = KafkaConsumer::open(nowhere, {});
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code, Code::kIo);
  EXPECT_NE(opened.error().message.find("127.0.0.1:1"), std::string::npos) << opened.error().message;
}

TEST(Kafka, APasswordOpensABrokerThatAsksForOneAndIsNeverShown) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_KAFKA_SASL");
  KafkaOptions options;
  options.brokers = test_server("CUSTOS_TEST_KAFKA_SASL");
  options.security_protocol = "sasl_plaintext";
  options.sasl_mechanism = "PLAIN";
  options.sasl_username = "custos";
  options.sasl_password_file = std::filesystem::temp_directory_path() / unique_name("custos-password");
  std::ofstream(options.sasl_password_file) << "testsecret\n";
  const auto opened = KafkaConsumer::open(options, {});
  EXPECT_TRUE(opened.ok()) << opened.error().message;
  std::ofstream(options.sasl_password_file) << "wrongsecret\n";
  const auto refused = KafkaConsumer::open(options, {});
  std::filesystem::remove(options.sasl_password_file);
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message.find("kafka.sasl_username"), std::string::npos) << refused.error().message;
  EXPECT_EQ(refused.error().message.find("secret"), std::string::npos) << refused.error().message;
}

TEST(Kafka, WrongOptionsAreRefusedAndSecretsAreNotShown) {
  const auto error_of = [](const std::string& property) {
    KafkaOptions options;
    options.brokers = "127.0.0.1:1";
    options.properties = {property};
    const auto opened = KafkaConsumer::open(options, {});
    EXPECT_EQ(opened.ok() ? Code::kIo : opened.error().code, Code::kInvalidArgument) << property;
    return opened.ok() ? std::string() : opened.error().message;
  };
  EXPECT_NE(error_of("no.such.thing=1").find("no.such.thing"), std::string::npos);
  EXPECT_NE(error_of("enable.auto.commit=true").find("set by Custos"), std::string::npos);
  EXPECT_NE(error_of("nonsense").find("key=value"), std::string::npos);
  EXPECT_EQ(error_of("sasl.password=hush").find("hush"), std::string::npos);
}

}  // namespace
}  // namespace custos::client
