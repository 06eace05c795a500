// What every vector store must do, run over all of them.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>
#include <set>

#include "client/client_test_server.h"
#include "store/vector_store.h"
#include "store/vectors/memory_vector_store.h"

namespace custos::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr uint32_t kWidth = 32;
constexpr int kPoints = 2000;

struct Backend {
  std::string name;
  const char* server;  // environment variable; null: none is needed
  std::string scheme;
  VectorIndexKind index = VectorIndexKind::kHnsw;
};

std::vector<float> random_vector(std::mt19937& random) {
  std::normal_distribution<float> normal;
  std::vector<float> vector(kWidth);
  float square = 0;
  for (float& value : vector) {
    value = normal(random);
    square += value * value;
  }
  for (float& value : vector) value /= std::sqrt(square);
  return vector;
}

// Three chunks a message, five sources, ten people, some points without date.
std::vector<Point> random_points(int count, uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<Point> points;
  for (int i = 0; i < count; ++i) {
    Point point;
    point.id = *point_id(MessageKey{i / 3 + 1}, static_cast<uint64_t>(i % 3));
    point.vector = random_vector(random);
    const int message = i / 3;
    point.source = message % 5 + 1;
    if (message % 7 != 0) point.date = 1'000'000'000 + message * 1000;
    point.from = {message % 10};
    if (message % 4 != 0) point.to = {message % 3, message % 3 + 5};
    points.push_back(std::move(point));
  }
  return points;
}

class VectorStoreContract : public testing::TestWithParam<Backend> {
 protected:
  void SetUp() override {
    const Backend& backend = GetParam();
    if (backend.server != nullptr) {
      CUSTOS_NEEDS_SERVER(backend.server);
    }
    base_ = fmt::format("test_{:08x}", std::random_device{}());
    store_ = open("model 1");
  }
  void TearDown() override {
    const std::set<std::string> models = models_;
    for (const std::string& name : models) {
      const auto store = open(name);
      ASSERT_NE(store, nullptr);
      EXPECT_TRUE(store->drop().ok());
    }
  }

  [[nodiscard]] std::string url() const {
    const Backend& backend = GetParam();
    if (backend.server == nullptr) return "memory:";
    return fmt::format("{}://{}/{}", backend.scheme, client::test_server(backend.server), base_);
  }

  std::unique_ptr<VectorStore> open(const std::string& model, uint32_t width = kWidth) {
    VectorStoreOptions options;
    options.width = width;
    options.model = model;
    options.index = GetParam().index;
    options.ivf_nlist = 16;
    options.ivf_nprobe = 16;
    auto store = open_vector_store(url(), options);
    EXPECT_TRUE(store.ok()) << store.error().message;
    models_.insert(model);
    return store.ok() ? std::move(store).value() : nullptr;
  }

  void fill(int count) {
    ASSERT_NE(store_, nullptr);
    points_ = random_points(count, 1);
    const Status written = store_->upsert(points_);
    ASSERT_TRUE(written.ok()) << written.error().message;
    ASSERT_TRUE(exact_.upsert(points_).ok());
  }

  // Of what the exact search finds, the share that the store finds; every score must be right.
  double recall(const VectorFilter& filter, uint32_t limit, int queries = 20) {
    std::mt19937 random(99);
    size_t wanted = 0;
    size_t hit = 0;
    for (int i = 0; i < queries; ++i) {
      const std::vector<float> query = random_vector(random);
      const auto expected = exact_.search(query, limit, filter);
      const auto found = store_->search(query, limit, filter);
      EXPECT_TRUE(found.ok()) << found.error().message;
      if (!found.ok()) return 0;
      EXPECT_EQ(found->size(), expected->size());
      wanted += expected->size();
      for (const VectorMatch& match : *found) {
        const auto same = std::ranges::find(*expected, match.id, &VectorMatch::id);
        if (same == expected->end()) continue;
        EXPECT_NEAR(same->score, match.score, 1e-4);
        ++hit;
      }
      EXPECT_TRUE(std::ranges::is_sorted(*found, std::greater<>(), &VectorMatch::score));
    }
    return wanted == 0 ? 1 : static_cast<double>(hit) / static_cast<double>(wanted);
  }

  std::string base_;
  std::set<std::string> models_;
  std::unique_ptr<VectorStore> store_;
  std::vector<Point> points_;
  MemoryVectorStore exact_{kWidth};
};

TEST_P(VectorStoreContract, FindsTheNearest) {
  fill(kPoints);
  EXPECT_GE(recall({}, 10), 0.95);
  ASSERT_TRUE(store_->flush().ok());
  EXPECT_GE(recall({}, 10), 0.95);
  EXPECT_GE(recall({}, 100, 5), 0.95);
  EXPECT_EQ(store_->search(points_[7].vector, 1, {})->front().id, points_[7].id);
}

TEST_P(VectorStoreContract, FiltersOfEveryKindAreExact) {
  fill(900);
  using Filter = VectorFilter;
  const Filter source = Filter::in_set(PointField::kSource, {2, 4});
  const Filter from = Filter::in_set(PointField::kFrom, {1, 3, 5});
  const Filter to = Filter::in_set(PointField::kTo, {6});
  const Filter dates = Filter::dates(1'000'050'000, 1'000'200'000);
  const std::pair<const char*, Filter> filters[] = {
      {"all", {}},
      {"source", source},
      {"one source", Filter::in_set(PointField::kSource, {3})},
      {"from", from},
      {"to", to},
      {"messages", Filter::in_set(PointField::kMessage, {5, 6, 90, 200, 4000})},
      {"dates", dates},
      {"until", Filter::dates(INT64_MIN + 1, 1'000'100'000)},
      {"since", Filter::dates(1'000'100'000, INT64_MAX)},
      {"any date", Filter::dates(INT64_MIN + 1, INT64_MAX)},
      {"keys", Filter::messages(MessageKey{20}, MessageKey{60})},
      {"and", Filter::all_of({source, from, dates})},
      {"or", Filter::any_of({to, dates, Filter::none()})},
      {"not", Filter::negation(to)},
      {"not dates", Filter::negation(dates)},
      {"nested", Filter::all_of({Filter::any_of({from, to}), Filter::negation(Filter::all_of({source, dates})), {}})},
      {"source or other", Filter::any_of({source, to})},
  };
  for (const bool flushed : {false, true}) {
    if (flushed) {
      ASSERT_TRUE(store_->flush().ok());
    }
    for (const auto& [name, filter] : filters) {
      SCOPED_TRACE(fmt::format("{}, {}", name, flushed ? "flushed" : "just written"));
      EXPECT_GE(recall(filter, 10, 3), 0.99);
    }
  }
  const std::vector<float>& query = points_[0].vector;
  EXPECT_THAT(*store_->search(query, 10, Filter::none()), IsEmpty());
  EXPECT_THAT(*store_->search(query, 10, Filter::in_set(PointField::kSource, {77})), IsEmpty());
  EXPECT_THAT(*store_->search(query, 10, Filter::in_set(PointField::kFrom, {})), IsEmpty());
  EXPECT_THAT(*store_->search(query, 10, Filter::all_of({source, Filter::in_set(PointField::kSource, {3})})),
              IsEmpty());
}

TEST_P(VectorStoreContract, ALongListOfMessagesIsTaken) {
  fill(300);
  std::vector<int64_t> keys;
  for (int64_t key = 50; key < 16434; ++key) keys.push_back(key);
  EXPECT_GE(recall(VectorFilter::in_set(PointField::kMessage, keys), 10, 2), 0.99);
  keys.resize(kFilterNumbersMax + 1);
  const auto refused = store_->search(points_[0].vector, 10, VectorFilter::in_set(PointField::kMessage, keys));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Code::kLimit);
}

TEST_P(VectorStoreContract, WritingAgainReplaces) {
  fill(60);
  ASSERT_TRUE(store_->upsert(points_).ok());
  Point changed = points_[10];
  changed.vector = points_[11].vector;
  changed.date = 5;
  ASSERT_TRUE(store_->upsert({&changed, 1}).ok());
  EXPECT_EQ(*store_->count(), 60U);
  ASSERT_TRUE(store_->flush().ok());
  EXPECT_EQ(*store_->count(), 60U) << "right after the flush";
  const auto found = store_->search(changed.vector, 2, {});
  ASSERT_TRUE(found.ok());
  EXPECT_THAT(*found, ElementsAre(testing::Field(&VectorMatch::id, changed.id),
                                  testing::Field(&VectorMatch::id, points_[11].id)));
  EXPECT_EQ(store_->search(changed.vector, 9, VectorFilter::dates(5, 6))->size(), 1U);
}

TEST_P(VectorStoreContract, WhatWasRemovedIsNeverFound) {
  fill(300);
  std::vector<PointId> gone;
  for (size_t i = 0; i < points_.size(); i += 2) gone.push_back(points_[i].id);
  gone.push_back(*point_id(MessageKey{99999}, 1));
  const Status removed = store_->remove(gone);
  ASSERT_TRUE(removed.ok()) << removed.error().message;
  ASSERT_TRUE(exact_.remove(gone).ok());
  EXPECT_GE(recall({}, 150, 3), 0.99);
  EXPECT_EQ(*store_->count(), 150U);
  ASSERT_TRUE(store_->flush().ok());
  EXPECT_GE(recall({}, 150, 3), 0.99);
  EXPECT_EQ(*store_->count(), 150U);
}

TEST_P(VectorStoreContract, IdsArePagedCompletely) {
  fill(1000);
  ASSERT_TRUE(store_->flush().ok());
  const std::vector<Point> more = random_points(1300, 2);
  ASSERT_TRUE(store_->upsert(more).ok());
  std::vector<PointId> ids;
  PointId begin{};
  while (true) {
    const auto page = store_->ids(begin, 170);
    ASSERT_TRUE(page.ok()) << page.error().message;
    ids.insert(ids.end(), page->begin(), page->end());
    if (page->size() < 170) break;
    begin = PointId{static_cast<int64_t>(ids.back()) + 1};
  }
  ASSERT_EQ(ids.size(), more.size());
  for (size_t i = 0; i < more.size(); ++i) ASSERT_EQ(ids[i], more[i].id);
}

TEST_P(VectorStoreContract, ModelsStandSideBySide) {
  fill(30);
  const auto next = open("model 2");
  ASSERT_NE(next, nullptr);
  EXPECT_EQ(*next->count(), 0U);
  ASSERT_TRUE(next->upsert({points_.data(), 7}).ok());
  EXPECT_EQ(*next->count(), 7U);
  EXPECT_EQ(*store_->count(), 30U);
  EXPECT_TRUE(store_->set_alias().ok());
  const Status moved = next->set_alias();
  EXPECT_TRUE(moved.ok()) << moved.error().message;
  if (GetParam().server == nullptr) return;
  EXPECT_EQ(*next->drop_other_models(), 1U);
  EXPECT_EQ(*next->count(), 7U);
  EXPECT_EQ(*open("model 1")->count(), 0U);
}

TEST_P(VectorStoreContract, AnotherClientFindsTheSame) {
  if (GetParam().server == nullptr) GTEST_SKIP() << "what is in memory goes with its store";
  fill(300);
  ASSERT_TRUE(store_->flush().ok());
  store_ = open("model 1");
  ASSERT_NE(store_, nullptr);
  EXPECT_EQ(*store_->count(), 300U);
  EXPECT_GE(recall({}, 10), 0.95);
  EXPECT_GE(recall(VectorFilter::in_set(PointField::kSource, {2}), 10), 0.95);
}

TEST_P(VectorStoreContract, VectorsOfAnotherWidthAreRefused) {
  fill(3);
  Point wide = points_[0];
  wide.vector.resize(kWidth + 1);
  const Status written = store_->upsert({&wide, 1});
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.error().code, Code::kInvalidArgument);
  EXPECT_THAT(written.error().message, HasSubstr("a vector of 33 numbers"));
  EXPECT_EQ(store_->search(wide.vector, 3, {}).error().code, Code::kInvalidArgument);
  EXPECT_EQ(store_->search(points_[0].vector, 0, {}).error().code, Code::kLimit);
  EXPECT_EQ(store_->search(points_[0].vector, kVectorMatchesMax + 1, {}).error().code, Code::kLimit);
}

INSTANTIATE_TEST_SUITE_P(
    Stores, VectorStoreContract,
    testing::Values(Backend{"Memory", nullptr, ""}, Backend{"Milvus", "CUSTOS_TEST_MILVUS", "milvus"},
                    Backend{"MilvusIvf", "CUSTOS_TEST_MILVUS", "milvus", VectorIndexKind::kIvfFlat},
                    Backend{"Qdrant", "CUSTOS_TEST_QDRANT", "qdrant"}),
    [](const auto& parameter) { return parameter.param.name; });

TEST(PointId, HasKeyAndOrdinal) {
  const auto id = point_id(MessageKey{12345}, 65535);
  ASSERT_TRUE(id.ok());
  EXPECT_EQ(message_of(*id), MessageKey{12345});
  EXPECT_EQ(ordinal_of(*id), 65535U);
  EXPECT_EQ(point_id(MessageKey{1}, 65536).error().code, Code::kLimit);
  EXPECT_EQ(point_id(MessageKey{int64_t{1} << 47}, 0).error().code, Code::kInvalidArgument);
}

TEST(VectorStoreUrl, SaysWhatIsWrong) {
  const auto complaint = [](const char* url) { return open_vector_store(url, {}).error().message; };
  EXPECT_THAT(complaint("milvus://localhost/c"), HasSubstr("host:port"));
  EXPECT_THAT(complaint("milvus://a:1/"), HasSubstr("collection name"));
  EXPECT_THAT(complaint("milvus://a:1/c\" or 1"), HasSubstr("collection name"));
  EXPECT_THAT(complaint("redis://a:1/c"), HasSubstr("scheme"));
  EXPECT_THAT(complaint("milvus://root:secret@a:1/c"), testing::Not(HasSubstr("secret")));
}

TEST(VectorStoreUrl, WithoutTlsAnAuthorityIsRefused) {
  for (const char* url : {"milvus://a:1/c", "qdrant://a:1/c"}) {
    const auto store = open_vector_store(url, {.ca_file = "ca.pem"});
    ASSERT_FALSE(store.ok());
    EXPECT_THAT(store.error().message, HasSubstr("vectors.ca_file"));
  }
}

}  // namespace
}  // namespace custos::store
