#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <map>
#include <set>
#include <thread>

#include "client/kafka_test_topic.h"
#include "source/kafka/file_event.h"
#include "source/kafka/kafka_url.h"
#include "source/source.h"
#include "source/testing/source_kit.h"

namespace custos::source {
namespace {

using client::TestTopic;
using client::unique_name;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::States;
using testing::TestFolder;
using Clock = std::chrono::steady_clock;

std::string record(int number) {
  return R"({"id":")" + std::to_string(number) + R"(","text":"words of )" + std::to_string(number) + "\"}";
}

void send(const TestTopic& topic, const std::vector<std::string>& values) {
  const auto producer = topic.producer();
  for (const std::string& value : values) {
    const Status sent = producer->send(topic.name(), {value, value, {}});
    ASSERT_TRUE(sent.ok()) << sent.error().message;
  }
  ASSERT_TRUE(producer->flush(seconds(30)).ok());
}

std::vector<std::string> records(int begin, int end) {
  std::vector<std::string> values;
  for (int i = begin; i < end; ++i) values.push_back(record(i));
  return values;
}

std::string url_of(const TestTopic& topic, const std::string& group) {
  return "kafka://" + topic.connection().brokers + "/" + topic.name() + "?group=" + group;
}

SourceOptions until_end() {
  SourceOptions options;
  options.kafka.until_end = true;
  return options;
}

// Plays the pipeline: takes items, and commits them at pauses and at the end as the writer does.
class Pipeline {
 public:
  Pipeline(const std::string& url, const SourceOptions& options, States& committed) : committed_(committed) {
    auto opened = open_source(url, options, [this](const std::string& file) -> std::optional<FileState> {
      const std::scoped_lock lock(mutex_);
      const auto found = committed_.find(file);
      return found == committed_.end() ? std::nullopt : std::optional<FileState>(found->second);
    });
    EXPECT_TRUE(opened.ok()) << opened.error().message;
    if (opened.ok()) source_ = std::move(*opened);
  }

  // False at the end.
  bool step() {
    const auto start = Clock::now();
    auto item = source_->next();
    longest = std::max(longest, std::chrono::duration_cast<milliseconds>(Clock::now() - start));
    EXPECT_TRUE(item.ok()) << item.error().message;
    if (!item.ok() || !item->has_value()) return commit(), false;
    const bool is_pause = (*item)->is_pause;
    if (!(*item)->file.empty()) {
      pending_[(*item)->file] = (*item)->state;
      uncommitted_.push_back(std::move(**item));
    }
    pauses += is_pause ? 1 : 0;
    if (is_pause && commits_at_pauses) commit();
    return true;
  }
  void run() {
    const auto deadline = Clock::now() + seconds(60);
    while (step() && Clock::now() < deadline) {
    }
    EXPECT_LT(Clock::now(), deadline);
  }
  void until(const std::function<bool()>& enough) {
    const auto deadline = Clock::now() + seconds(120);
    while (!enough() && step() && Clock::now() < deadline) {
    }
    EXPECT_TRUE(enough());
  }
  void commit() {
    for (const Item& each : uncommitted_) reject(each);
    EXPECT_TRUE(source_->before_commit().ok());
    {
      const std::scoped_lock lock(mutex_);
      for (const auto& [file, state] : pending_) committed_[file] = state;
    }
    for (const auto& [file, state] : pending_) source_->committed(file, state);
    pending_.clear();
    std::move(uncommitted_.begin(), uncommitted_.end(), std::back_inserter(items));
    uncommitted_.clear();
  }
  void drop() { source_.reset(); }

  [[nodiscard]] std::vector<std::string> documents() const {
    std::vector<std::string> bytes;
    for (const Item& each : items) {
      if (const auto* raw = std::get_if<document::RawDocument>(&each.what)) bytes.push_back(raw->bytes);
    }
    return bytes;
  }
  // "begin-end reason", "!" before those that failed.
  [[nodiscard]] std::vector<std::string> skipped() const {
    std::vector<std::string> spans;
    for (const Item& each : items) {
      const auto* span = std::get_if<document::SkippedSpan>(&each.what);
      if (span == nullptr) continue;
      spans.push_back((span->failed ? "!" : "") + std::to_string(span->place.begin) + "-" +
                      std::to_string(span->place.end) + " " + span->reason);
    }
    return spans;
  }

  std::vector<Item> items;  // committed
  int pauses = 0;
  milliseconds longest{0};
  bool commits_at_pauses = true;

 private:
  void reject(const Item& item) {
    const auto* raw = std::get_if<document::RawDocument>(&item.what);
    const auto* span = std::get_if<document::SkippedSpan>(&item.what);
    if (raw != nullptr && raw->bytes.find("text") == std::string::npos) {
      source_->rejected({raw->place, "no text", sha256(raw->bytes), raw->bytes.size()});
    }
    if (span != nullptr && span->failed) source_->rejected({span->place, span->reason, {}, 0});
  }

  std::mutex mutex_;
  States& committed_;
  std::map<std::string, FileState> pending_;
  std::vector<Item> uncommitted_;
  std::unique_ptr<Source> source_;
};

// The places of each partition and generation follow one another from 0 on.
void expect_tiles(const std::vector<Item>& items) {
  std::map<std::pair<std::string, uint64_t>, uint64_t> ends;
  for (const Item& each : items) {
    if (each.file.find('@') != std::string::npos) continue;
    const auto* raw = std::get_if<document::RawDocument>(&each.what);
    const auto* span = std::get_if<document::SkippedSpan>(&each.what);
    const document::Place& place = raw != nullptr ? raw->place : span->place;
    uint64_t& end = ends[{place.path, each.state.generation}];
    EXPECT_EQ(place.begin, end) << place.path;
    EXPECT_EQ(each.state.resume, place.end) << place.path;
    end = place.end;
  }
}

struct Walked {
  std::vector<std::string> documents;
  std::vector<std::string> skipped;
};

Walked walk(const TestTopic& topic, States& states, SourceOptions options = until_end()) {
  options.kafka.until_end = true;
  const bool is_first = states.empty();
  Pipeline pipeline(url_of(topic, unique_name("group")), options, states);
  pipeline.run();
  if (is_first) expect_tiles(pipeline.items);
  return {pipeline.documents(), pipeline.skipped()};
}

TEST(KafkaUrl, NamesBrokersTopicAndGroup) {
  const auto url = parse_kafka_url("kafka://a:9092,b:9093/mail.in?group=night");
  ASSERT_TRUE(url.ok());
  EXPECT_EQ(url->brokers, "a:9092,b:9093");
  EXPECT_EQ(url->topic, "mail.in");
  EXPECT_EQ(url->group, "night");
  EXPECT_EQ(parse_kafka_url("kafka://a/t")->group, "custos");
  for (const char* wrong : {"kafka://", "kafka://a", "kafka:///t", "kafka://a/", "kafka://a/t/u", "kafka://a/t?x=1",
                            "kafka://ann:hush@a/t", "kafka://a/t?group="}) {
    const auto refused = parse_kafka_url(wrong);
    ASSERT_FALSE(refused.ok()) << wrong;
    EXPECT_THAT(refused.error().message, ::testing::Not(HasSubstr("hush")));
  }
}

TEST(FileEvent, IsAnObjectWithAUriAndWithoutText) {
  EXPECT_EQ(file_event_uri(R"({"file_id":"7","s3_uri":"s3://b/k"})"), "s3://b/k");
  EXPECT_EQ(file_event_uri(R"({"uri":"file:///a"})"), "file:///a");
  for (const char* other : {R"({"id":"1","text":"see uri","uri":"s3://b/k"})", R"({"uri":7})", R"(["uri"])", "uri\"",
                            R"({"id":"1","text":"x"})"}) {
    EXPECT_EQ(file_event_uri(other), std::nullopt) << other;
  }
}

TEST(FileEvent, OnlyFilesBelowTheRootAreRead) {
  const TestFolder folder;
  const auto inside = folder.write("in/box.mbox", "x");
  const auto outside = folder.write("secret", "x");
  std::filesystem::create_symlink(outside, folder.path() / "in/link");
  const auto root = folder.path() / "in";
  const auto allowed = [&](const std::filesystem::path& path) {
    return file_event_path("file://" + path.string(), root).ok();
  };
  EXPECT_TRUE(allowed(inside));
  EXPECT_FALSE(allowed(outside));
  EXPECT_FALSE(allowed(root / "../secret"));
  EXPECT_FALSE(allowed(root / "link"));
  EXPECT_FALSE(file_event_path("file://" + inside.string(), "").ok());
  EXPECT_FALSE(file_event_path("http://x/y", root).ok());
}

TEST(KafkaSource, EveryMessageOfEveryPartitionComesOnceAndOnlyOnce) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_KAFKA");
  const TestTopic topic(4);
  send(topic, records(0, 10'000));
  States states;
  const auto first = walk(topic, states);
  EXPECT_EQ(std::set<std::string>(first.documents.begin(), first.documents.end()).size(), 10'000U);
  EXPECT_EQ(first.documents.size(), 10'000U);
  EXPECT_EQ(states.size(), 4U);
  EXPECT_TRUE(walk(topic, states).documents.empty());
  send(topic, records(10'000, 10'003));
  EXPECT_EQ(walk(topic, states).documents.size(), 3U);
}

TEST(KafkaSource, WhatIsNotCommittedComesAgain) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_KAFKA");
  const TestTopic topic;
  send(topic, records(0, 20));
  States states;
  {
    Pipeline pipeline(url_of(topic, unique_name("group")), until_end(), states);
    for (int i = 0; i < 10; ++i) pipeline.step();
    pipeline.commit();
    for (int i = 0; i < 5; ++i) pipeline.step();  // and dies
  }
  const uint64_t resumed = states.begin()->second.resume;
  const auto rest = walk(topic, states).documents;
  EXPECT_EQ(rest.size(), 20 - resumed);
  EXPECT_EQ(rest.front(), record(static_cast<int>(resumed)));
}

TEST(KafkaSource, WhatIsNoMessageIsAccountedFor) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_KAFKA");
  const TestTopic topic;
  send(topic, {record(1), "not json", ""});
  const auto producer = topic.producer();
  ASSERT_TRUE(producer->send_tombstone(topic.name(), "k").ok());
  ASSERT_TRUE(producer->flush(seconds(30)).ok());
  SourceOptions options;
  options.document_bytes_max = 100'000;
  send(topic, {R"({"id":"2","text":")" + std::string(200'000, 'x') + "\"}"});
  const auto transactional = topic.producer({.transactional_id = unique_name("transaction")});
  for (const bool commits : {false, true}) {
    ASSERT_TRUE(transactional->begin_transaction().ok());
    ASSERT_TRUE(transactional->send(topic.name(), {"k", record(commits ? 4 : 3), {}}).ok());
    ASSERT_TRUE(transactional->flush(seconds(30)).ok());
    ASSERT_TRUE((commits ? transactional->commit_transaction() : transactional->abort_transaction()).ok());
  }
  States states;
  const auto walked = walk(topic, states, options);
  EXPECT_THAT(walked.documents, ElementsAre(record(1), "not json", "", record(4)));
  const std::string hole = "no message: compacted, or of a transaction";
  EXPECT_THAT(walked.skipped,
              ElementsAre("3-4 no value", "!4-5 larger than 100000 bytes", "5-7 " + hole, "8-9 " + hole));
  EXPECT_EQ(states.begin()->second.resume, 9U);
}

TEST(KafkaSource, MessagesThatRetentionDeletedUnreadHaveFailed) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_KAFKA");
  const TestTopic topic;
  send(topic, records(0, 10));
  ASSERT_TRUE(client::delete_records(topic.connection(), {topic.partition(0), 3}).ok());
  States states;
  auto walked = walk(topic, states);
  EXPECT_THAT(walked.skipped, ElementsAre("0-3 deleted by the broker before this archive first read it"));
  EXPECT_EQ(walked.documents.size(), 7U);
  send(topic, records(10, 20));
  ASSERT_TRUE(client::delete_records(topic.connection(), {topic.partition(0), 15}).ok());
  walked = walk(topic, states);
  EXPECT_THAT(walked.skipped, ElementsAre("!10-15 deleted by the broker's retention before it was read"));
  EXPECT_EQ(walked.documents.size(), 5U);
}

TEST(KafkaSource, ATopicThatWasMadeAnewIsReadFromItsBeginning) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_KAFKA");
  const TestTopic topic;
  send(topic, records(0, 10));
  States states;
  EXPECT_EQ(walk(topic, states).documents.size(), 10U);
  const auto make_anew = [&](int begin, int end) {
    ASSERT_TRUE(client::delete_topic(topic.connection(), topic.name()).ok());
    const auto deadline = Clock::now() + seconds(20);
    while (!client::create_topic(topic.connection(), {topic.name(), 1, 1}).ok() && Clock::now() < deadline) {
    }
    send(topic, records(begin, end));
  };
  make_anew(100, 105);  // shorter: the offset is not there
  EXPECT_EQ(walk(topic, states).documents.size(), 5U);
  EXPECT_EQ(states.begin()->second.generation, 1U);
  make_anew(200, 220);  // longer: the offset is there, but it's another message
  EXPECT_EQ(walk(topic, states).documents.size(), 20U);
  EXPECT_EQ(states.begin()->second.generation, 2U);
}

TEST(KafkaSource, PausesWhenNothingComesAndNeverBlocksLong) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_KAFKA");
  const TestTopic topic;
  send(topic, records(0, 10));
  States states;
  Pipeline pipeline(url_of(topic, unique_name("group")), {}, states);
  pipeline.until([&] { return pipeline.documents().size() == 10; });
  pipeline.longest = {};
  const int before = pipeline.pauses;
  for (int i = 0; i < 10; ++i) pipeline.step();
  EXPECT_EQ(pipeline.pauses, before + 10);
  EXPECT_LT(pipeline.longest, milliseconds(500));
  send(topic, records(10, 11));
  pipeline.until([&] { return pipeline.documents().size() == 11; });
}

TEST(KafkaSource, FailedMessagesAreToldToTheDeadLetterTopicWithoutTheirText) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_KAFKA");
  const TestTopic topic;
  const std::string letters = topic.name() + ".dead-letter";
  send(topic, {record(0), "my secret", R"({"s3_uri":"gopher://b/k"})"});
  States states;
  EXPECT_EQ(walk(topic, states).documents.size(), 2U);
  auto consumer = *client::KafkaConsumer::open(topic.connection(), {});
  const client::KafkaPosition begins[] = {{{letters, 0}, 0}, {{letters, 1}, 0}};
  ASSERT_TRUE(consumer->read_from(begins).ok());
  std::map<std::string, std::string> told;
  for (const auto deadline = Clock::now() + seconds(20); told.size() < 2 && Clock::now() < deadline;) {
    const auto event = consumer->poll(milliseconds(100), 10);
    ASSERT_TRUE(event.ok()) << event.error().message;
    for (const auto& each : event->messages) {
      if (each.kind() == client::KafkaMessage::Kind::kMessage) told[std::string(each.key())] = *each.value();
    }
  }
  EXPECT_TRUE(client::delete_topic(topic.connection(), letters).ok());
  const std::string letter = told[topic.name() + "/0/1"];
  EXPECT_THAT(letter, HasSubstr(R"("offset":1,"reason":"no text","sha256":")" + sha256("my secret").hex()));
  EXPECT_THAT(letter, ::testing::Not(HasSubstr("secret")));
  EXPECT_THAT(told[topic.name() + "/0/2"], HasSubstr("only s3:// and file:// are read"));
}

TEST(KafkaSource, AFileEventsDocumentsComeInItsPlaceAndAreResumedInside) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_KAFKA");
  const TestTopic topic;
  const TestFolder folder;
  const auto box = folder.write("box.mbox", testing::mbox(20));
  send(topic, {record(0), R"({"file_id":"7","uri":"file://)" + box.string() + "\"}", record(2),
               R"({"uri":"file://)" + (folder.path() / "none").string() + "\"}"});
  SourceOptions options = until_end();
  options.kafka.file_root = folder.path();
  options.kafka.dead_letter_topic = "";
  States states;
  size_t before = 0;
  {
    Pipeline pipeline(url_of(topic, unique_name("group")), options, states);
    pipeline.commits_at_pauses = false;
    for (size_t items = 0; items < 12;) {
      const int pauses = pipeline.pauses;
      ASSERT_TRUE(pipeline.step());
      items += pipeline.pauses == pauses ? 1 : 0;
    }
    pipeline.commit();
    before = pipeline.documents().size();
    EXPECT_EQ(pipeline.items.back().file, topic.name() + "/0@1/box.mbox");
  }
  const auto rest = walk(topic, states, options);
  EXPECT_EQ(before + rest.documents.size(), 22U);
  EXPECT_THAT(rest.skipped, ElementsAre("1-2 file event", "!3-4 file event: there is no such file"));
}

TEST(KafkaSource, AServerThatIsNotTrustedIsNoFaultOfTheEvent) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_KAFKA");
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_S3_TLS");
  const TestTopic topic;
  send(topic, {R"({"uri":"s3://mail/box.mbox"})"});
  SourceOptions options = until_end();
  options.s3.endpoint = "https://" + client::test_server("CUSTOS_TEST_S3_TLS");
  options.s3.ca_file = client::test_tls_file("other-ca.pem");
  const FileLookup nothing = [](const std::string&) { return std::optional<FileState>(); };
  auto source = open_source(url_of(topic, unique_name("group")), options, nothing);
  ASSERT_TRUE(source.ok()) << source.error().message;
  auto item = (*source)->next();
  while (item.ok() && item->has_value() && (*item)->is_pause) item = (*source)->next();
  ASSERT_FALSE(item.ok());
  EXPECT_EQ(item.error().code, Code::kUntrusted) << item.error().message;
}

TEST(KafkaSource, ASlowPipelineKeepsItsPartitions) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_KAFKA");
  const TestTopic topic(2);
  send(topic, records(0, 5'000));
  SourceOptions options;
  options.kafka.max_poll_interval_ms = 6'000;
  options.kafka.buffer_bytes_max = 20'000;
  options.kafka.dead_letter_topic = "";
  States states;
  Pipeline pipeline(url_of(topic, unique_name("group")), options, states);
  for (int i = 0; i < 100; ++i) pipeline.step();
  std::this_thread::sleep_for(seconds(14));  // a group would have taken the partitions twice
  pipeline.until([&] { return pipeline.documents().size() == 5'000; });
  expect_tiles(pipeline.items);
}

TEST(KafkaSource, ABrokerThatGoesAwayAndComesBackIsWaitedFor) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_KAFKA");
  const char* const restart = std::getenv("CUSTOS_TEST_KAFKA_RESTART");
  if (restart == nullptr) GTEST_SKIP() << "CUSTOS_TEST_KAFKA_RESTART is not set: a command that restarts the broker";
  const TestTopic topic(2);
  send(topic, records(0, 20'000));
  SourceOptions options;
  options.kafka.dead_letter_topic = "";
  options.kafka.buffer_bytes_max = 50'000;
  States states;
  Pipeline pipeline(url_of(topic, unique_name("group")), options, states);
  for (int i = 0; i < 5'000; ++i) pipeline.step();
  ASSERT_EQ(std::system(restart), 0);
  pipeline.until([&] { return pipeline.documents().size() >= 20'000; });
  send(topic, records(20'000, 20'010));
  pipeline.until([&] { return pipeline.documents().size() >= 20'010; });
  EXPECT_EQ(pipeline.documents().size(), 20'010U);
  expect_tiles(pipeline.items);
}

TEST(KafkaSource, ASecondReaderTakesOverWithoutLossAndWithoutReadingTwice) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_KAFKA");
  const TestTopic topic(4);
  send(topic, records(0, 4'000));
  const std::string url = url_of(topic, unique_name("group"));
  States states;  // the catalog of both
  SourceOptions options;
  options.kafka.dead_letter_topic = "";
  Pipeline one(url, options, states);
  one.until([&] { return one.documents().size() >= 4'000; });
  Pipeline two(url, options, states);
  std::jthread writer([&] {
    for (int i = 4'000; i < 12'000; i += 500) send(topic, records(i, i + 500));
  });
  const auto total = [&] { return one.documents().size() + two.documents().size(); };
  one.until([&] { return two.step(), total() >= 12'000; });
  EXPECT_GT(two.documents().size(), 0U);
  two.commit();
  two.drop();
  send(topic, records(12'000, 12'100));
  one.until([&] { return total() >= 12'100; });
  std::multiset<std::string> all;
  for (const std::string& each : one.documents()) all.insert(each);
  for (const std::string& each : two.documents()) all.insert(each);
  EXPECT_EQ(all.size(), 12'100U);
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), 12'100U);
}

TEST(KafkaSource, APartitionIsKeptUntilItsLastItemIsCommitted) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_KAFKA");
  const TestTopic topic(2);
  send(topic, records(0, 100));
  const std::string url = url_of(topic, unique_name("group"));
  States states;
  SourceOptions options;
  options.kafka.dead_letter_topic = "";
  Pipeline one(url, options, states);
  one.commits_at_pauses = false;  // slow to commit
  for (int i = 0, idle = 0; idle < 5 && i < 1000; ++i) {
    const int pauses = one.pauses;
    one.step();
    idle = one.pauses == pauses ? 0 : idle + (i > 100 ? 1 : 0);
  }
  Pipeline two(url, options, states);
  for (const auto deadline = Clock::now() + seconds(6); Clock::now() < deadline;) one.step(), two.step();
  EXPECT_TRUE(two.documents().empty());
  one.commit();
  EXPECT_EQ(one.documents().size(), 100U);
  for (const auto deadline = Clock::now() + seconds(8); Clock::now() < deadline;) one.step(), two.step();
  EXPECT_TRUE(two.documents().empty());
  send(topic, records(100, 200));
  one.commits_at_pauses = true;
  one.until([&] { return two.step(), one.documents().size() + two.documents().size() == 200; });
  EXPECT_GT(two.documents().size(), 0U);
}

}  // namespace
}  // namespace custos::source
