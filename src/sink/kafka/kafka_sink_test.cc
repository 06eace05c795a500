#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "client/kafka_test_topic.h"
#include "columns/sample_records.h"
#include "sink/kafka/commit_marker.h"
#include "sink/kafka/row_spool.h"
#include "sink/sink.h"

namespace custos::sink {
namespace {

using client::TestTopic;
using columns::sample_record;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

TEST(RowSpool, GivesBackWhatWasAddedInOrderAlsoWhenItIsLarge) {
  RowSpool spool;
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 3000; ++i) ASSERT_TRUE(spool.add(std::to_string(i), std::string(1000, 'x')).ok());
    int next = 0;
    const Status read = spool.for_each([&](std::string_view key, std::string_view value) -> Status {
      EXPECT_EQ(key, std::to_string(next++));
      EXPECT_EQ(value.size(), 1000U);
      return {};
    });
    ASSERT_TRUE(read.ok()) << read.error().message;
    EXPECT_EQ(next, 3000);
    ASSERT_TRUE(spool.clear().ok());
    EXPECT_TRUE(spool.empty());
  }
}

TEST(CommitMarker, IsReadAsItWasWritten) {
  const CommitMarker marker{12, true, {5, 0, 77}};
  const auto read = CommitMarker::parse(marker.json());
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->sequence, 12U);
  EXPECT_TRUE(read->is_ahead);
  EXPECT_THAT(read->begins, ElementsAre(5, 0, 77));
  for (const char* wrong : {"", "[]", "{}", R"({"sequence":"1","ahead":true,"begins":[]})"}) {
    EXPECT_FALSE(CommitMarker::parse(wrong).ok()) << wrong;
  }
}

// A topic, and what a consumer of it sees.
class KafkaSinkTest : public ::testing::Test {
 protected:
  void SetUp() override {
    CUSTOS_NEEDS_SERVER("CUSTOS_TEST_KAFKA");
    topic_ = std::make_unique<TestTopic>(2);
  }
  void TearDown() override {
    if (topic_) static_cast<void>(client::delete_topic(topic_->connection(), topic_->name() + ".commits"));
  }

  std::unique_ptr<Sink> open(uint64_t committed, const std::string& owner = "a1") const {
    const std::string spec = "kafka=" + topic_->connection().brokers + "/" + topic_->name();
    auto sink = open_sink(spec, {.owner = owner, .committed = committed});
    EXPECT_TRUE(sink.ok()) << sink.error().message;
    return sink.ok() ? std::move(*sink) : nullptr;
  }
  static void append(Sink& sink, std::initializer_list<uint32_t> numbers) {
    for (const uint32_t number : numbers) {
      const Status status = sink.append(sample_record(number), {.thread = "t"});
      ASSERT_TRUE(status.ok()) << status.error().message;
    }
  }
  static void checkpoint(Sink& sink, uint64_t sequence) {
    const Status status = sink.checkpoint(sequence);
    ASSERT_TRUE(status.ok()) << status.error().message;
  }
  static std::string id(uint32_t number) { return sample_record(number).id; }

  // "owner/commit/key" of each message.
  std::vector<std::string> visible() {
    auto consumer = *client::KafkaConsumer::open(topic_->connection(), {});
    const auto ends = *ends_of(*consumer, topic_->name());
    const client::KafkaPosition begins[] = {{topic_->partition(0), 0}, {topic_->partition(1), 0}};
    EXPECT_TRUE(consumer->read_from(begins).ok());
    std::vector<std::string> rows;
    std::set<int32_t> at_end;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (at_end.size() < 2 && std::chrono::steady_clock::now() < deadline) {
      const auto event = consumer->poll(std::chrono::milliseconds(100), 100);
      for (const auto& each : event->messages) {
        const bool is_end = each.kind() == client::KafkaMessage::Kind::kEnd;
        if (is_end && each.offset() >= ends[static_cast<size_t>(each.partition())]) at_end.insert(each.partition());
        if (is_end) continue;
        EXPECT_THAT(std::string(*each.value()), HasSubstr("\"id\":\"" + std::string(each.key())));
        rows.push_back(std::string(*each.header(kArchiveHeader)) + "/" + std::string(*each.header(kCommitHeader)) +
                       "/" + std::string(each.key()));
      }
    }
    return rows;
  }

  std::unique_ptr<TestTopic> topic_;
};

TEST_F(KafkaSinkTest, RowsAreSeenAtTheirCommitAndNotBefore) {
  const auto sink = open(0);
  append(*sink, {1, 2});
  EXPECT_TRUE(visible().empty());
  checkpoint(*sink, 1);
  append(*sink, {3});
  checkpoint(*sink, 4);
  append(*sink, {5});
  ASSERT_TRUE(sink->finish().ok());
  EXPECT_THAT(visible(), UnorderedElementsAre("a1/1/" + id(1), "a1/1/" + id(2), "a1/4/" + id(3)));
}

TEST_F(KafkaSinkTest, ARunThatDiedBeforeItsCommitLeavesNothing) {
  const auto dead = open(0);
  append(*dead, {1});
  const auto sink = open(0);
  append(*sink, {1, 2});
  checkpoint(*sink, 1);
  EXPECT_THAT(visible(), UnorderedElementsAre("a1/1/" + id(1), "a1/1/" + id(2)));
  const Status late = dead->checkpoint(1);
  ASSERT_FALSE(late.ok());
  EXPECT_EQ(late.error().code, Code::kConflict) << late.error().message;
  EXPECT_EQ(visible().size(), 2U);
}

TEST_F(KafkaSinkTest, RowsThatTheCatalogDoesNotKnowOfAreNotSentTwiceHoweverTheyAreCutAnew) {
  {
    const auto sink = open(0);
    append(*sink, {1});
    checkpoint(*sink, 1);
    append(*sink, {2, 3, 4});
    checkpoint(*sink, 2);  // and dies before the catalog's commit 2
  }
  {
    const auto sink = open(1);
    append(*sink, {2});
    checkpoint(*sink, 2);  // a smaller commit; the catalog has it
  }
  {
    const auto sink = open(2);
    append(*sink, {3, 4, 5});
    checkpoint(*sink, 3);  // and dies again
  }
  const auto sink = open(2);
  append(*sink, {3, 4, 5, 6});
  checkpoint(*sink, 3);
  EXPECT_THAT(visible(), UnorderedElementsAre("a1/1/" + id(1), "a1/2/" + id(2), "a1/2/" + id(3), "a1/2/" + id(4),
                                              "a1/3/" + id(5), "a1/3/" + id(6)));
}

TEST_F(KafkaSinkTest, TwoArchivesMaySendToOneTopic) {
  const auto one = open(0, "a1");
  const auto two = open(0, "b2");
  append(*one, {1});
  append(*two, {1});
  checkpoint(*one, 1);
  checkpoint(*two, 1);
  const auto again = open(0, "b2");
  append(*again, {1});
  checkpoint(*again, 1);
  EXPECT_THAT(visible(), UnorderedElementsAre("a1/1/" + id(1), "b2/1/" + id(1)));
}

TEST_F(KafkaSinkTest, ASpecWithoutATopicIsRefused) {
  const auto sink = open_sink("kafka=localhost:9092", {});
  ASSERT_FALSE(sink.ok());
  EXPECT_EQ(sink.error().code, Code::kInvalidArgument);
}

}  // namespace
}  // namespace custos::sink
