#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "index/file/temporary_folder.h"
#include "index/vector/mapped_vectors.h"
#include "index/vector/sample_vectors.h"

namespace custos::index {
namespace {

double cosine(const std::vector<float>& left, const std::vector<float>& right) {
  double sum = 0;
  for (size_t i = 0; i < left.size(); ++i) sum += static_cast<double>(left[i]) * static_cast<double>(right[i]);
  return sum;
}

// Every allowed vector compared in fp32 as it was before it was written.
std::vector<VectorHit> exhaustive(const SampleVectors& sample, const std::vector<float>& query, const RowSet* allowed,
                                  uint32_t limit) {
  std::vector<VectorHit> all;
  for (uint32_t i = 0; i < sample.vectors.size(); ++i) {
    const uint32_t row = sample.rows[i];
    if (allowed != nullptr && (row >= allowed->rows() || !allowed->contains(row))) continue;
    all.push_back({i, row, static_cast<float>(cosine(sample.vectors[i], query))});
  }
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.cosine > b.cosine; });
  all.resize(std::min<size_t>(limit, all.size()));
  return all;
}

// The same vectors in the same order, but that two may change places whose cosines are nearer than the stored
// precision.
void expect_same(const std::vector<VectorHit>& found, const std::vector<VectorHit>& expected) {
  constexpr float kPrecision = 2e-5F;
  ASSERT_EQ(found.size(), expected.size());
  for (size_t i = 0; i < found.size(); ++i) {
    EXPECT_NEAR(found[i].cosine, expected[i].cosine, kPrecision) << i;
    EXPECT_TRUE(found[i].vector != expected[i].vector || found[i].row == expected[i].row) << i;
    const auto differs = [&](size_t other) {
      return other < expected.size() && std::abs(expected[other].cosine - expected[i].cosine) < kPrecision;
    };
    EXPECT_TRUE(found[i].vector == expected[i].vector || differs(i - 1) || differs(i + 1)) << "place " << i;
  }
}

class VectorSearchTest : public testing::Test {
 protected:
  std::shared_ptr<const VectorReader> reader(const SampleVectors& sample) {
    write_sample(path_, sample);
    auto opened = VectorReader::open(path_);
    EXPECT_TRUE(opened.ok()) << (opened.ok() ? "" : opened.error().message);
    return *opened;
  }

  TemporaryFolder folder_;
  std::filesystem::path path_ = folder_.path() / "vectors";
  std::mt19937 dice_{3};
};

TEST_F(VectorSearchTest, FindsWhatAnExhaustiveCheckFinds) {
  for (const auto& [count, width] : {std::pair{1U, 384U}, {50U, 384U}, {5400U, 384U}, {17000U, 20U}, {300U, 1000U}}) {
    const SampleVectors sample = sample_vectors(count, width, dice_);
    const auto vectors = reader(sample);
    for (int round = 0; round < 5; ++round) {
      const std::vector<float> query = unit_vector(width, dice_, &sample.vectors[dice_() % count]);
      std::vector<VectorHit> found;
      vectors->search(query, nullptr, 10, found);
      expect_same(found, exhaustive(sample, query, nullptr, 10));
    }
  }
}

TEST_F(VectorSearchTest, AFloorLeavesOutOnlyWhatIsBelowIt) {
  const SampleVectors sample = sample_vectors(5400, 384, dice_);
  const auto vectors = reader(sample);
  for (int round = 0; round < 20; ++round) {
    const std::vector<float> query = unit_vector(384, dice_, &sample.vectors[dice_() % 5400]);
    std::vector<VectorHit> all;
    vectors->search(query, nullptr, 300, all);
    for (const size_t place : {size_t{0}, size_t{40}, size_t{299}}) {
      std::vector<VectorHit> found;
      vectors->search(query, nullptr, 300, found, all[place].cosine);
      ASSERT_GT(found.size(), place);
      for (size_t i = 0; i <= place; ++i) EXPECT_EQ(found[i].vector, all[i].vector) << i;
    }
    std::vector<VectorHit> none;
    vectors->search(query, nullptr, 300, none, 1.1F);
    EXPECT_TRUE(none.empty());
  }
}

TEST_F(VectorSearchTest, WithAFilterItFindsWhatAnExhaustiveCheckOfTheAllowedRowsFinds) {
  for (const auto& [count, width] : {std::pair{5400U, 384U}, {17000U, 20U}}) {
    const SampleVectors sample = sample_vectors(count, width, dice_);
    const auto vectors = reader(sample);
    for (const uint32_t per_mille : {0U, 1U, 10U, 100U, 500U, 990U, 1000U}) {
      RowSet allowed(sample.rows_end());
      for (uint32_t row = 0; row < allowed.rows(); ++row) {
        if (dice_() % 1000 < per_mille) allowed.add(row);
      }
      const std::vector<float> query = unit_vector(width, dice_, &sample.vectors[dice_() % count]);
      for (const uint32_t limit : {1U, 10U, 200U}) {
        std::vector<VectorHit> found;
        vectors->search(query, &allowed, limit, found);
        expect_same(found, exhaustive(sample, query, &allowed, limit));
      }
    }
  }
}

TEST_F(VectorSearchTest, AFilterMayBeShorterOrLongerThanTheRows) {
  const SampleVectors sample = sample_vectors(500, 64, dice_);
  const auto vectors = reader(sample);
  const std::vector<float> query = unit_vector(64, dice_);
  for (const uint32_t rows : {1U, 100U, sample.rows_end() + 1000}) {
    const RowSet allowed(rows, true);
    std::vector<VectorHit> found;
    vectors->search(query, &allowed, 1000, found);
    expect_same(found, exhaustive(sample, query, &allowed, 1000));
  }
}

TEST_F(VectorSearchTest, EqualVectorsComeInTheirOrder) {
  SampleVectors sample{384, {}, {}};
  const std::vector<float> same = unit_vector(384, dice_);
  for (uint32_t row = 0; row < 6000; ++row) {
    sample.vectors.push_back(same);
    sample.rows.push_back(row);
  }
  const auto vectors = reader(sample);
  std::vector<VectorHit> found;
  vectors->search(same, nullptr, 5, found);
  ASSERT_EQ(found.size(), 5U);
  for (uint32_t i = 0; i < 5; ++i) EXPECT_EQ(found[i].vector, i);
  RowSet allowed(6000);
  for (const uint32_t row : {5999U, 3000U, 2688U, 77U}) allowed.add(row);
  found.clear();
  vectors->search(same, &allowed, 3, found);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].row, 77U);
  EXPECT_EQ(found[1].row, 2688U);
  EXPECT_EQ(found[2].row, 3000U);
  EXPECT_NEAR(found[0].cosine, 1, 1e-5);
}

TEST_F(VectorSearchTest, EveryKernelFindsTheSameBits) {
  const SampleVectors sample = sample_vectors(3000, 384, dice_);
  write_sample(path_, sample);
  const std::vector<float> query = unit_vector(384, dice_, &sample.vectors[5]);
  std::optional<std::vector<VectorHit>> first;
  for (const NamedKernel& kernel : dot_kernels()) {
    if (!kernel.supported) continue;
    auto map = VectorMap::open(path_);
    ASSERT_TRUE(map.ok());
    std::vector<VectorHit> found;
    MappedVectors(*std::move(map), kernel.dots).search(query, nullptr, 100, found);
    if (!first) first = found;
    ASSERT_EQ(found.size(), first->size());
    for (size_t i = 0; i < found.size(); ++i) {
      EXPECT_EQ(found[i].vector, (*first)[i].vector) << kernel.name;
      EXPECT_EQ(found[i].cosine, (*first)[i].cosine) << kernel.name;
    }
  }
}

TEST_F(VectorSearchTest, AppendsToWhatIsThereAndStopsAtTheLimit) {
  const auto vectors = reader(sample_vectors(100, 32, dice_));
  const std::vector<float> query = unit_vector(32, dice_);
  std::vector<VectorHit> hits(2);
  vectors->search(query, nullptr, 3, hits);
  EXPECT_EQ(hits.size(), 5U);
  vectors->search(query, nullptr, 0, hits);
  EXPECT_EQ(hits.size(), 5U);
  vectors->search(query, nullptr, UINT32_MAX, hits);
  EXPECT_EQ(hits.size(), 105U);
}

TEST_F(VectorSearchTest, AQueryOfAnyLengthGivesCosinesAndOneWithoutDirectionNothing) {
  const SampleVectors sample = sample_vectors(100, 32, dice_);
  const auto vectors = reader(sample);
  for (const float length : {1e-20F, 3.0F, 1e20F}) {
    std::vector<float> query = sample.vectors[42];
    for (float& value : query) value *= length;
    std::vector<VectorHit> hits;
    vectors->search(query, nullptr, 1, hits);
    ASSERT_EQ(hits.size(), 1U);
    EXPECT_EQ(hits[0].vector, 42U);
    EXPECT_NEAR(hits[0].cosine, 1, 1e-5);
  }
  std::vector<VectorHit> hits;
  vectors->search(std::vector<float>(32, 0.0F), nullptr, 1, hits);
  vectors->search(std::vector<float>(32, std::nanf("")), nullptr, 1, hits);
  EXPECT_TRUE(hits.empty());
}

}  // namespace
}  // namespace custos::index
