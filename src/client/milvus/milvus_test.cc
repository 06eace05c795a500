#include "client/milvus.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <random>
#include <thread>

#include "client/client_test_server.h"

namespace custos::client {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::UnorderedElementsAre;

constexpr uint32_t kWidth = 8;

// A collection that goes with the test.
class MilvusTest : public testing::Test {
 protected:
  void open() {
    auto client = Milvus::connect({.address = test_server("CUSTOS_TEST_MILVUS")});
    ASSERT_TRUE(client.ok()) << client.error().message;
    client_ = std::move(client).value();
    name_ = fmt::format("test_{:08x}", std::random_device{}());
    const Status made = client_->create_collection(collection());
    ASSERT_TRUE(made.ok()) << made.error().message;
  }
  void TearDown() override {
    if (!client_) return;
    EXPECT_TRUE(client_->drop_collection(name_).ok());
  }

  [[nodiscard]] MilvusCollection collection() const {
    return {name_,
            "made by a test",
            {{"id", MilvusType::kInt64, true},
             {"source", MilvusType::kInt64},
             {"people", MilvusType::kInt64List, false, 16},
             {"vector", MilvusType::kFloatVector, false, kWidth}}};
  }

  // Rows [begin, end): the vector of row i is the unit vector nearest to axis i mod 8, the people are i and i + 1.
  static std::vector<MilvusColumn> rows(int64_t begin, int64_t end, int64_t source) {
    std::vector<MilvusColumn> columns(4);
    columns[0].name = "id";
    columns[1].name = "source";
    columns[2].name = "people";
    columns[3].name = "vector";
    columns[3].width = kWidth;
    for (int64_t i = begin; i < end; ++i) {
      columns[0].numbers.push_back(i);
      columns[1].numbers.push_back(source);
      columns[2].lists.push_back({i, i + 1});
      const auto tilt = static_cast<float>(i) / 1000;
      const float scale = 1 / std::sqrt(1 + tilt * tilt);
      for (uint32_t axis = 0; axis < kWidth; ++axis) {
        const float along = axis == i % kWidth ? 1.0F : 0.0F;
        columns[3].floats.push_back(scale * (axis == (i + 1) % kWidth ? tilt : along));
      }
    }
    return columns;
  }

  void prepare() {
    open();
    ASSERT_TRUE(client_->create_index(name_, "vector", {}).ok());
    const Status loaded = client_->load(name_);
    ASSERT_TRUE(loaded.ok()) << loaded.error().message;
  }

  [[nodiscard]] std::vector<int64_t> found(std::string expression, std::vector<std::string> partitions = {}) const {
    std::vector<float> query(kWidth);
    query[3] = 1;
    const auto hits = client_->search({.collection = name_,
                                       .field = "vector",
                                       .partitions = std::move(partitions),
                                       .expression = std::move(expression),
                                       .vector = query,
                                       .limit = 3});
    EXPECT_TRUE(hits.ok()) << hits.error().message;
    std::vector<int64_t> ids;
    if (!hits.ok()) return ids;
    for (const MilvusHit& hit : *hits) ids.push_back(hit.id);
    return ids;
  }

  std::unique_ptr<Milvus> client_;
  std::string name_;
};

TEST_F(MilvusTest, SaysItsVersionAndKnowsItsCollections) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_MILVUS");
  open();
  EXPECT_THAT(*client_->version(), HasSubstr("2.3"));
  EXPECT_TRUE(*client_->is_healthy());
  EXPECT_TRUE(*client_->has_collection(name_));
  EXPECT_FALSE(*client_->has_collection(name_ + "x"));
  EXPECT_THAT(*client_->collections(), Contains(name_));
  const auto described = client_->describe_collection(name_);
  ASSERT_TRUE(described.ok()) << described.error().message;
  EXPECT_EQ(described->description, "made by a test");
  ASSERT_EQ(described->fields.size(), 4U);
  EXPECT_EQ(described->fields[3].size_max, kWidth);
  EXPECT_EQ(described->fields[2].type, MilvusType::kInt64List);
  EXPECT_TRUE(client_->create_collection(collection()).ok()) << "the same again is no fault";
  MilvusCollection other = collection();
  other.fields[3].size_max = 2 * kWidth;
  const Status refused = client_->create_collection(other);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Code::kConflict) << refused.error().message;
  EXPECT_EQ(client_->describe_collection(name_ + "x").error().code, Code::kNotFound);
}

TEST_F(MilvusTest, FindsTheNearestOfThoseThatTheExpressionLeaves) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_MILVUS");
  prepare();
  const Status written = client_->upsert(name_, "", rows(0, 100, 7));
  ASSERT_TRUE(written.ok()) << written.error().message;
  EXPECT_THAT(found(""), ElementsAre(3, 11, 19)) << "what this client wrote is seen";
  EXPECT_THAT(found("id > 3"), ElementsAre(11, 19, 27));
  EXPECT_THAT(found("source == 8"), ElementsAre());
  EXPECT_THAT(found("array_contains_any(people, [12, 27, 28])"), ElementsAre(11, 27, 26));
  ASSERT_TRUE(client_->remove(name_, "id", std::vector<int64_t>{11, 19}).ok());
  EXPECT_THAT(found(""), ElementsAre(3, 27, 35)) << "removed rows are not found";
  EXPECT_EQ(*client_->count(name_, "", MilvusConsistency::kStrong), 98U);
}

TEST_F(MilvusTest, WritingTheSameRowsAgainChangesNothing) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_MILVUS");
  prepare();
  for (int round = 0; round < 3; ++round) ASSERT_TRUE(client_->upsert(name_, "", rows(0, 50, 7)).ok());
  EXPECT_EQ(*client_->count(name_, "", MilvusConsistency::kStrong), 50U);
  const Status flushed = client_->flush(name_);
  ASSERT_TRUE(flushed.ok()) << flushed.error().message;
  EXPECT_EQ(*client_->count(name_, "", MilvusConsistency::kStrong), 50U);
  EXPECT_GE(*client_->flushed_rows(name_), 50U);
  EXPECT_EQ(*client_->count(name_, "id >= 40", MilvusConsistency::kSession), 10U);
}

TEST_F(MilvusTest, SearchesThePartitionsThatAreNamed) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_MILVUS");
  prepare();
  for (const char* name : {"s1", "s2", "s2"}) ASSERT_TRUE(client_->create_partition(name_, name).ok());
  EXPECT_THAT(*client_->partitions(name_), UnorderedElementsAre("_default", "s1", "s2"));
  ASSERT_TRUE(client_->upsert(name_, "s1", rows(0, 50, 1)).ok());
  ASSERT_TRUE(client_->insert(name_, "s2", rows(50, 100, 2)).ok());
  EXPECT_THAT(found("", {"s2"}), ElementsAre(51, 59, 67));
  EXPECT_THAT(found("", {"s1", "s2"}), ElementsAre(3, 11, 19));
}

TEST_F(MilvusTest, ReadsPageByPageInTheOrderOfIds) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_MILVUS");
  prepare();
  ASSERT_TRUE(client_->upsert(name_, "", rows(0, 120, 7)).ok());
  ASSERT_TRUE(client_->flush(name_).ok());
  ASSERT_TRUE(client_->upsert(name_, "", rows(120, 200, 7)).ok());
  ASSERT_TRUE(client_->upsert(name_, "", rows(30, 40, 8)).ok());
  std::vector<int64_t> ids;
  int64_t last = -1;
  while (true) {
    const auto page = client_->query(
        {.collection = name_, .expression = fmt::format("id > {}", last), .fields = {"id"}, .limit = 50});
    ASSERT_TRUE(page.ok()) << page.error().message;
    if (page->empty() || page->front().numbers.empty()) break;
    std::vector<int64_t> some = page->front().numbers;
    std::ranges::sort(some);
    ids.insert(ids.end(), some.begin(), some.end());
    last = ids.back();
  }
  ASSERT_EQ(ids.size(), 200U);
  for (int64_t i = 0; i < 200; ++i) EXPECT_EQ(ids[static_cast<size_t>(i)], i);
}

// Rows whose vectors have all directions: an index has to work for them.
std::vector<MilvusColumn> random_rows(int64_t count, uint32_t width, std::mt19937& random) {
  std::normal_distribution<float> normal;
  std::vector<MilvusColumn> columns(2);
  columns[0].name = "id";
  columns[1].name = "vector";
  columns[1].width = width;
  for (int64_t i = 0; i < count; ++i) {
    columns[0].numbers.push_back(i);
    std::vector<float> vector(width);
    for (float& value : vector) value = normal(random);
    const float length = std::sqrt(std::inner_product(vector.begin(), vector.end(), vector.begin(), 0.0F));
    for (const float value : vector) columns[1].floats.push_back(value / length);
  }
  return columns;
}

// The ten nearest of the first `rows`, by comparing with all.
std::vector<int64_t> nearest_ten(const MilvusColumn& vectors, int64_t rows, std::span<const float> query) {
  std::vector<std::pair<float, int64_t>> all;
  for (size_t at = 0; at < static_cast<size_t>(rows) * vectors.width; at += vectors.width) {
    const float score =
        std::inner_product(query.begin(), query.end(), vectors.floats.begin() + std::ptrdiff_t(at), 0.0F);
    all.emplace_back(-score, static_cast<int64_t>(at / vectors.width));
  }
  std::ranges::sort(all);
  std::vector<int64_t> ids;
  for (size_t i = 0; i < 10; ++i) ids.push_back(all[i].second);
  return ids;
}

class MilvusIndexTest : public MilvusTest, public testing::WithParamInterface<MilvusIndex::Kind> {
 protected:
  static constexpr uint32_t kIndexedWidth = 64;
  static constexpr int64_t kRows = 20'000;

  // Share of the ten nearest of the first `rows` that is found with `effort` as ef or nprobe.
  double recall(const MilvusColumn& vectors, uint32_t effort, int64_t rows = kRows) {
    std::mt19937 random(42);
    size_t hit = 0;
    constexpr size_t kQueries = 50;
    for (size_t i = 0; i < kQueries; ++i) {
      const std::vector<float> query = random_rows(1, kIndexedWidth, random)[1].floats;
      const auto hits = client_->search({.collection = name_,
                                         .field = "vector",
                                         .expression = rows < kRows ? fmt::format("id < {}", rows) : "",
                                         .vector = query,
                                         .limit = 10,
                                         .ef = effort,
                                         .nprobe = effort,
                                         .index = GetParam()});
      EXPECT_TRUE(hits.ok()) << hits.error().message;
      if (!hits.ok()) return 0;
      for (const int64_t id : nearest_ten(vectors, rows, query)) {
        hit += static_cast<size_t>(std::ranges::count(*hits, id, &MilvusHit::id));
      }
    }
    return static_cast<double>(hit) / (10.0 * kQueries);
  }
};

TEST_P(MilvusIndexTest, MoreEffortFindsMoreInABuiltIndex) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_MILVUS");
  open();
  ASSERT_TRUE(client_->drop_collection(name_).ok());
  ASSERT_TRUE(client_
                  ->create_collection(
                      {name_,
                       "",
                       {{"id", MilvusType::kInt64, true}, {"vector", MilvusType::kFloatVector, false, kIndexedWidth}}})
                  .ok());
  std::mt19937 random(1);
  const std::vector<MilvusColumn> rows = random_rows(kRows, kIndexedWidth, random);
  ASSERT_TRUE(client_->insert(name_, "", rows).ok());
  ASSERT_TRUE(client_->flush(name_).ok());
  ASSERT_TRUE(client_->create_index(name_, "vector", {.kind = GetParam(), .nlist = 256}).ok());
  constexpr int kWaits = 300;
  for (int i = 0; i < kWaits && *client_->indexed_rows(name_, "vector") < kRows; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
  ASSERT_EQ(*client_->indexed_rows(name_, "vector"), uint64_t{kRows});
  ASSERT_TRUE(client_->load(name_).ok());
  const double little = recall(rows[1], GetParam() == MilvusIndex::Kind::kHnsw ? 10 : 1);
  const double much = recall(rows[1], GetParam() == MilvusIndex::Kind::kHnsw ? 512 : 256);
  RecordProperty("recall_with_little_effort", std::to_string(little));
  RecordProperty("recall_with_much_effort", std::to_string(much));
  RecordProperty("recall_with_128", std::to_string(recall(rows[1], 128)));
  EXPECT_LT(little, 0.95) << "else no index was asked";
  EXPECT_GE(much, 0.95);
  EXPECT_GE(recall(rows[1], GetParam() == MilvusIndex::Kind::kHnsw ? 512 : 256, kRows / 10), 0.95) << "filtered";
}

INSTANTIATE_TEST_SUITE_P(Kinds, MilvusIndexTest, testing::Values(MilvusIndex::Kind::kHnsw, MilvusIndex::Kind::kIvfFlat),
                         [](const auto& parameter) {
                           return parameter.param == MilvusIndex::Kind::kHnsw ? "Hnsw" : "IvfFlat";
                         });

TEST_F(MilvusTest, AnAliasMovesFromOneCollectionToTheNext) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_MILVUS");
  open();
  MilvusCollection next = collection();
  next.name += "_next";
  ASSERT_TRUE(client_->create_collection(next).ok());
  const std::string alias = name_ + "_alias";
  EXPECT_TRUE(client_->set_alias(alias, name_).ok());
  EXPECT_TRUE(client_->set_alias(alias, next.name).ok());
  EXPECT_EQ(client_->describe_collection(alias)->name, next.name);
  EXPECT_TRUE(client_->drop_alias(alias).ok());
  EXPECT_TRUE(client_->drop_collection(next.name).ok());
}

TEST(Milvus, SaysWhereItLookedInVainAndNoPassword) {
  const auto client = Milvus::connect(
      {.address = "127.0.0.1:1", .user = "root", .password = "hunter2", .call_seconds = 1, .ready_seconds = 1});
  ASSERT_FALSE(client.ok());
  EXPECT_EQ(client.error().code, Code::kIo);
  EXPECT_THAT(client.error().message, HasSubstr("Milvus at 127.0.0.1:1"));
  EXPECT_THAT(client.error().message, Not(HasSubstr("hunter2")));
}

MilvusOptions over_tls(const char* authority) {
  return {.address = test_server("CUSTOS_TEST_MILVUS_TLS"), .tls = true, .ca_file = test_tls_file(authority)};
}

TEST(MilvusTls, AnswersWhereTheAuthoritySignedItsCertificate) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_MILVUS_TLS");
  const auto client = Milvus::connect(over_tls("ca.pem"));
  ASSERT_TRUE(client.ok()) << client.error().message;
  EXPECT_THAT(*(*client)->version(), HasSubstr("2.3"));
}

TEST(MilvusTls, ACertificateThatWillNotDoIsNotWaitedFor) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_MILVUS_TLS");
  const auto start = std::chrono::steady_clock::now();
  MilvusOptions of_the_system = over_tls("ca.pem");
  of_the_system.ca_file.clear();
  for (const MilvusOptions& options : {over_tls("other-ca.pem"), of_the_system}) {
    const auto client = Milvus::connect(options);
    ASSERT_FALSE(client.ok());
    EXPECT_EQ(client.error().code, Code::kUntrusted) << client.error().message;
    EXPECT_THAT(client.error().message, HasSubstr("Milvus at " + options.address));
    EXPECT_THAT(client.error().message, HasSubstr("the server's certificate is to be"));
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(15));
}

TEST(MilvusTls, DoesNotFallBackToAnOpenConnection) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_MILVUS_TLS");
  MilvusOptions options = over_tls("ca.pem");
  options.address = test_server("CUSTOS_TEST_MILVUS");
  options.ready_seconds = 2;
  EXPECT_FALSE(Milvus::connect(options).ok());
}

TEST(Milvus, AnAuthorityThatCannotBeReadIsNotReplacedByTheSystems) {
  const auto client = Milvus::connect({.address = "127.0.0.1:1", .tls = true, .ca_file = "/nowhere/ca.pem"});
  ASSERT_FALSE(client.ok());
  EXPECT_EQ(client.error().code, Code::kNotFound);
  EXPECT_THAT(client.error().message, HasSubstr("/nowhere/ca.pem"));
}

TEST(Milvus, StopsWaitingWhenAsked) {
  std::stop_source stop;
  stop.request_stop();
  const auto client = Milvus::connect({.address = "127.0.0.1:1", .ready_seconds = 60}, stop.get_token());
  ASSERT_FALSE(client.ok());
  EXPECT_EQ(client.error().code, Code::kCancelled);
}

}  // namespace
}  // namespace custos::client
