// The same archive searched with its segments' vectors and with vector stores.
#include "query/rank/store_candidates.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "index/keyword_search.h"
#include "query/plan/store_filter.h"
#include "store/sample_archive.h"
#include "store/store_test_server.h"

namespace custos::query {
namespace {

using store::MessageKey;
using store::SampleArchive;
using store::VectorStore;

constexpr uint32_t kWidth = 16;
constexpr int kMessages = 400;  // in ten segments
constexpr uint32_t kLimit = 10;

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

// Messages [begin, end), each with one to three chunks.
Status publish(store::Archive& archive, int begin, int end) {
  ASSIGN_OR_RETURN(const store::SourceId source, archive.register_source(fmt::format("/mail/{}", begin)));
  ASSIGN_OR_RETURN(const auto publication, archive.begin_publication({{}, true, "model", kWidth}));
  ASSIGN_OR_RETURN(const store::BlockSealer sealer, archive.sealer());
  ASSIGN_OR_RETURN(const store::SealedBlock sealed, sealer.seal("x"));
  ASSIGN_OR_RETURN(const store::BlockRef block, publication->add_block(sealed));
  std::mt19937 random(static_cast<uint32_t>(begin) + 1);
  for (int number = begin; number < end; ++number) {
    document::Record record = store::sample_record(number, static_cast<uint64_t>(number) * 100);
    for (int extra = 0; extra < number % 3; ++extra) record.chunks.push_back({{0, 4}, 0, 1});
    for (size_t chunk = 0; chunk < record.chunks.size(); ++chunk) {
      const std::vector<float> vector = random_vector(random);
      record.vectors.insert(record.vectors.end(), vector.begin(), vector.end());
    }
    ASSIGN_OR_RETURN(const store::Added added, publication->add_message(record, {source, 0, false}, {block, 0, 1}));
    if (added.outcome != store::Outcome::kStored) return Error{Code::kConflict, "not stored"};
  }
  return publication->publish();
}

class StoreCandidatesTest : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    std::string url = "memory:";
    if (GetParam() != nullptr) {
      CUSTOS_NEEDS_SERVER(GetParam());
      const char* const scheme = std::string_view(GetParam()).ends_with("MILVUS") ? "milvus" : "qdrant";
      url = fmt::format("{}://{}/test_{:08x}", scheme, client::test_server(GetParam()), std::random_device{}());
    }
    store::VectorStoreOptions options;
    options.width = kWidth;
    options.index = GetParam() == nullptr ? store::VectorIndexKind::kHnsw : store::VectorIndexKind::kFlat;
    auto opened = store::open_vector_store(url, options);
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    vectors_ = std::move(opened).value();
    archive_ = sample_.write();
    for (int begin = 0; begin < kMessages; begin += kMessages / 10) {
      const Status published = publish(*archive_, begin, begin + kMessages / 10);
      ASSERT_TRUE(published.ok()) << published.error().message;
    }
    refresh();
  }
  void TearDown() override {
    if (!vectors_) return;
    EXPECT_TRUE(vectors_->drop().ok());
  }

  void refresh() { rows_ = std::make_shared<KeyRows>(*archive_->snapshot()); }

  store::ReconcileCounts reconcile(bool all = false) {
    const auto counts = store::reconcile(*archive_, *vectors_, {.all = all});
    EXPECT_TRUE(counts.ok()) << counts.error().message;
    return counts.ok() ? *counts : store::ReconcileCounts{};
  }

  std::vector<index::RowSet> allowed_by(const index::Query& condition) {
    std::vector<std::shared_ptr<const index::PostingsReader>> postings;
    for (const auto& segment : rows_->snapshot()->segments) postings.push_back(segment.postings);
    return *index::KeywordSearch(postings).match(condition);
  }

  // Of the best by the segments' vectors, the share that the store gives too.
  double overlap(const index::Query& condition, bool filtered) {
    std::mt19937 random(7);
    size_t same = 0;
    size_t wanted = 0;
    const auto allowed = filtered ? allowed_by(condition) : std::vector<index::RowSet>();
    for (int i = 0; i < 10; ++i) {
      const std::vector<float> query = random_vector(random);
      const auto expected = nearest(*rows_->snapshot(), query, allowed, kLimit);
      const auto found = nearest_in_store(*rows_, *vectors_, query, condition, allowed, kLimit);
      EXPECT_TRUE(found.ok()) << found.error().message;
      if (!found.ok()) return 0;
      EXPECT_EQ(found->best.size(), expected->size());
      wanted += expected->size();
      for (const Candidate& one : *expected) {
        same += static_cast<size_t>(std::ranges::count_if(found->best, [&](const Candidate& other) {
          return other.segment == one.segment && other.row == one.row && other.vector == one.vector &&
                 std::abs(other.cosine - one.cosine) < 0.01F;
        }));
      }
    }
    return static_cast<double>(same) / static_cast<double>(std::max<size_t>(wanted, 1));
  }

  SampleArchive sample_;
  std::unique_ptr<store::Archive> archive_;
  std::unique_ptr<VectorStore> vectors_;
  std::shared_ptr<const KeyRows> rows_;
};

index::Query dates(int64_t begin, int64_t end) {
  index::Query query;
  query.kind = index::Query::Kind::kDate;
  query.begin = begin;
  query.end = end;
  return query;
}

TEST_P(StoreCandidatesTest, TheSameMessagesAreNearest) {
  const auto counts = reconcile();
  EXPECT_EQ(counts.added, counts.expected);
  EXPECT_EQ(counts.expected, 400U + 400U - 1);
  EXPECT_EQ(*vectors_->count(), counts.expected);
  EXPECT_GE(overlap({}, false), 0.99);
  EXPECT_GE(overlap(dates(1'700'000'050, 1'700'000'250), true), 0.99);
  index::Query word;
  word.kind = index::Query::Kind::kWord;
  word.text = "77";
  EXPECT_GE(overlap(word, true), 0.99) << "a condition that no store knows";
}

TEST_P(StoreCandidatesTest, ReconcilingMendsWhatIsMissingAndWhatIsTooMuch) {
  const uint64_t expected = reconcile().expected;
  const auto again = reconcile();
  EXPECT_EQ(again.added, 0U);
  EXPECT_EQ(again.removed, 0U);
  const MessageKey known = rows_->snapshot()->segments[1].keys[4];
  const store::PointId missing[] = {*store::point_id(known, 0)};
  ASSERT_TRUE(vectors_->remove(missing).ok());
  std::mt19937 random(3);
  store::Point orphan;
  orphan.vector = random_vector(random);
  orphan.id = *store::point_id(MessageKey{900'000}, 0);
  store::Point surplus = orphan;
  surplus.id = *store::point_id(known, 200);
  const store::Point both[] = {orphan, surplus};
  ASSERT_TRUE(vectors_->upsert(both).ok());
  const auto found = nearest_in_store(*rows_, *vectors_, orphan.vector, {}, {}, kLimit);
  ASSERT_TRUE(found.ok()) << found.error().message;
  EXPECT_EQ(found->best.size(), kLimit);
  EXPECT_EQ(found->dropped, 2U) << "neither a message nor a chunk of this archive";
  const auto mended = reconcile();
  EXPECT_EQ(mended.added, 1U);
  EXPECT_EQ(mended.removed, 2U);
  EXPECT_EQ(*vectors_->count(), expected);
  EXPECT_EQ(reconcile(true).added, expected);
  EXPECT_EQ(*vectors_->count(), expected);
}

TEST_P(StoreCandidatesTest, MergedSegmentsAskTheSameStore) {
  reconcile();
  refresh();
  const auto merged = archive_->merge_segments({});
  ASSERT_TRUE(merged.ok()) << merged.error().message;
  EXPECT_GT(*merged, 0U);
  refresh();
  EXPECT_GE(overlap({}, false), 0.99);
  EXPECT_EQ(reconcile().added, 0U);
}

TEST_P(StoreCandidatesTest, WordMatchesGetTheirCosinesFromTheStore) {
  reconcile();
  std::mt19937 random(5);
  const std::vector<float> query = random_vector(random);
  std::vector<Candidate> candidates = {{.segment = 0, .row = 5}, {.segment = 3, .row = 35}};
  ASSERT_TRUE(add_cosines(*rows_, *vectors_, query, candidates).ok());
  const auto joined = join(*rows_->snapshot(), query, {{0, 5, 1}, {3, 35, 1}}, {});
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(candidates[i].vector, joined[i].vector);
    EXPECT_NEAR(candidates[i].cosine, joined[i].cosine, 0.01);
  }
}

INSTANTIATE_TEST_SUITE_P(Stores, StoreCandidatesTest,
                         testing::Values(nullptr, "CUSTOS_TEST_MILVUS", "CUSTOS_TEST_QDRANT"),
                         [](const auto& parameter) {
                           return parameter.param == nullptr ? "Memory" : std::string(parameter.param).substr(12);
                         });

TEST(StoreCandidates, AskForMoreUntilFiltersLeaveEnough) {
  const SampleArchive sample;
  const auto archive = sample.write();
  ASSERT_TRUE(publish(*archive, 0, 300).ok());
  const KeyRows rows(*archive->snapshot());
  auto vectors = *store::open_vector_store("memory:", {.width = kWidth});
  // Nearer than all others, and of no message of this archive.
  std::mt19937 random(11);
  const std::vector<float> query = random_vector(random);
  std::vector<store::Point> orphans(500);
  for (size_t i = 0; i < orphans.size(); ++i) {
    orphans[i].id = *store::point_id(MessageKey{static_cast<int64_t>(100'000 + i)}, 0);
    orphans[i].vector = query;
  }
  ASSERT_TRUE(vectors->upsert(orphans).ok());
  ASSERT_TRUE(store::reconcile(*archive, *vectors, {}).ok());
  ASSERT_TRUE(vectors->upsert(orphans).ok());
  const auto found = nearest_in_store(rows, *vectors, query, {}, {}, kLimit);
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->best.size(), kLimit);
  EXPECT_GT(found->searches, 3U);
  EXPECT_FALSE(found->was_cut);
}

TEST(StoreFilter, SaysWhatNumbersCanAndLetsTheRestThrough) {
  using Kind = index::Query::Kind;
  using store::VectorFilter;
  index::Query word;
  word.kind = Kind::kWord;
  word.text = "gas";
  EXPECT_EQ(store_filter(word).kind, VectorFilter::Kind::kAll);
  index::Query both;
  both.kind = Kind::kAnd;
  both.children = {word, dates(5, 9)};
  const VectorFilter made = store_filter(both);
  ASSERT_EQ(made.kind, VectorFilter::Kind::kAnd);
  EXPECT_EQ(made.children[0].kind, VectorFilter::Kind::kAll);
  EXPECT_EQ(made.children[1].begin, 5);
  index::Query not_word;
  not_word.kind = Kind::kNot;
  not_word.children = {word};
  EXPECT_EQ(store_filter(not_word).kind, VectorFilter::Kind::kAll) << "the opposite of what is not known is not known";
  index::Query people;
  people.kind = Kind::kNumbers;
  people.fields = {index::Field::kTo};
  people.numbers = {3, 8};
  EXPECT_THAT(store_filter(people).numbers, testing::ElementsAre(store::kManyPeople, 3, 8));
  index::Query not_people = not_word;
  not_people.children = {people};
  EXPECT_EQ(store_filter(not_people).kind, VectorFilter::Kind::kAll) << "long lists are not kept";
  people.numbers.resize(store::kFilterNumbersMax);
  EXPECT_EQ(store_filter(people).kind, VectorFilter::Kind::kAll);
}

}  // namespace
}  // namespace custos::query
