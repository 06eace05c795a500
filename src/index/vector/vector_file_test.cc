#include "index/vector_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "index/file/temporary_folder.h"
#include "index/vector/sample_vectors.h"
#include "index/vector/vector_format.h"

namespace custos::index {
namespace {

using testing::HasSubstr;

class VectorFileTest : public testing::Test {
 protected:
  std::shared_ptr<const VectorReader> open() {
    auto opened = VectorReader::open(path_);
    EXPECT_TRUE(opened.ok()) << (opened.ok() ? "" : opened.error().message);
    return opened.ok() ? *opened : nullptr;
  }
  // Damage shows when the file is opened or checked.
  Status open_and_check() {
    const auto opened = VectorReader::open(path_);
    return opened.ok() ? (*opened)->check() : opened.error();
  }

  TemporaryFolder folder_;
  std::filesystem::path path_ = folder_.path() / "vectors";
  std::mt19937 dice_{5};
};

TEST_F(VectorFileTest, GivesBackWhatWasAppended) {
  for (const auto& [count, width] : {std::pair{1U, 1U}, {2689U, 384U}, {40000U, 3U}, {9U, 4096U}}) {
    const SampleVectors sample = sample_vectors(count, width, dice_);
    write_sample(path_, sample, "all-MiniLM-L6-v2 0123456789abcdef");
    const auto reader = open();
    ASSERT_NE(reader, nullptr);
    EXPECT_EQ(reader->model(), "all-MiniLM-L6-v2 0123456789abcdef");
    EXPECT_EQ(reader->width(), width);
    ASSERT_EQ(reader->size(), count);
    std::vector<float> vector(width);
    for (uint32_t i = 0; i < count; ++i) {
      ASSERT_EQ(reader->row_of(i), sample.rows[i]);
      reader->read(i, vector);
      float error = 0;
      for (uint32_t k = 0; k < width; ++k) error = std::max(error, std::abs(vector[k] - sample.vectors[i][k]));
      ASSERT_LT(error, 2e-5) << i;
    }
    EXPECT_TRUE(reader->check().ok());
    EXPECT_TRUE(reader->damage().ok());
  }
}

TEST_F(VectorFileTest, AnEmptyFileHasNoVectors) {
  write_sample(path_, {384, {}, {}});
  const auto reader = open();
  ASSERT_NE(reader, nullptr);
  EXPECT_EQ(reader->size(), 0U);
  EXPECT_TRUE(reader->check().ok());
  std::vector<VectorHit> hits;
  const RowSet allowed(10, true);
  reader->search(std::vector<float>(384, 0.1F), nullptr, 10, hits);
  reader->search(std::vector<float>(384, 0.1F), &allowed, 10, hits);
  EXPECT_TRUE(hits.empty());
}

TEST_F(VectorFileTest, RefusesWhatIsNoVectorOfLengthOne) {
  auto writer = VectorWriter::create(path_, 4, "m1");
  ASSERT_TRUE(writer.ok());
  const auto code = [&](std::vector<float> vector, uint32_t row) {
    const Status status = (*writer)->append(vector, row);
    return status.ok() ? std::nullopt : std::optional(status.error().code);
  };
  EXPECT_EQ(code({1, 0, 0, 0}, 5), std::nullopt);
  EXPECT_EQ(code({1, 0, 0}, 5), Code::kInvalidArgument);
  EXPECT_EQ(code({1, 1, 0, 0}, 5), Code::kInvalidArgument);
  EXPECT_EQ(code({0, 0, 0, 0}, 5), Code::kInvalidArgument);
  EXPECT_EQ(code({1, std::nanf(""), 0, 0}, 5), Code::kInvalidArgument);
  EXPECT_EQ(code({1, INFINITY, 0, 0}, 5), Code::kInvalidArgument);
  EXPECT_EQ(code({1, 0, 0, 0}, 4), Code::kInvalidArgument) << "rows must ascend";
  EXPECT_EQ(code({0.999F, 0, 0, 0}, 5), std::nullopt);
  ASSERT_TRUE((*writer)->finish().ok());
  EXPECT_EQ(open()->size(), 2U) << "what was refused is not in the file";
}

TEST_F(VectorFileTest, AModelNameWithoutBoundIsRefused) {
  EXPECT_EQ(VectorWriter::create(path_, 4, std::string(5000, 'm')).error().code, Code::kLimit);
}

TEST_F(VectorFileTest, EveryFlippedBitIsFoundAndNamed) {
  write_sample(path_, sample_vectors(8, 70, dice_));
  const std::string whole = bytes_of(path_);
  ASSERT_TRUE(open_and_check().ok());
  for (size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << at % 8));
    put_bytes(path_, damaged);
    const Status status = open_and_check();
    ASSERT_FALSE(status.ok()) << "byte " << at << " of " << whole.size();
    EXPECT_THAT(status.error().message, HasSubstr(path_.string()));
  }
}

TEST_F(VectorFileTest, ACutFileIsRefused) {
  write_sample(path_, sample_vectors(30, 70, dice_));
  const std::string whole = bytes_of(path_);
  for (size_t size = 0; size < whole.size(); size += 13) {
    put_bytes(path_, whole.substr(0, size));
    EXPECT_EQ(VectorReader::open(path_).error().code, Code::kCorrupt) << size;
  }
  put_bytes(path_, whole + whole.substr(whole.size() - kVectorFooterBytes));
  EXPECT_EQ(VectorReader::open(path_).error().code, Code::kCorrupt) << "a footer twice";
}

TEST_F(VectorFileTest, ANewerVersionIsToldFromDamage) {
  write_sample(path_, sample_vectors(3, 70, dice_));
  std::string bytes = bytes_of(path_);
  bytes[8] = 2;
  put_bytes(path_, bytes);
  EXPECT_EQ(VectorReader::open(path_).error().code, Code::kUnsupported);
  EXPECT_EQ(VectorReader::open(folder_.path() / "none").error().code, Code::kNotFound);
}

// Blocks of 42 vectors: the damage is in the second.
TEST_F(VectorFileTest, VectorsOfADamagedBlockAreNotServed) {
  const SampleVectors sample = sample_vectors(200, 384, dice_);
  write_sample(path_, sample);
  std::string bytes = bytes_of(path_);
  bytes[aligned(kVectorHeaderBytes + 2) + size_t{50} * 384] ^= 1;
  put_bytes(path_, bytes);
  const auto reader = open();
  ASSERT_NE(reader, nullptr);
  EXPECT_TRUE(reader->damage().ok()) << "nothing was read yet";
  std::vector<VectorHit> hits;
  reader->search(sample.vectors[60], nullptr, 200, hits);
  EXPECT_EQ(hits.size(), 200U - 42U);
  EXPECT_TRUE(std::none_of(hits.begin(), hits.end(), [](const auto& hit) { return hit.vector / 42 == 1; }));
  ASSERT_FALSE(reader->damage().ok());
  EXPECT_EQ(reader->damage().error().code, Code::kCorrupt);
  EXPECT_THAT(reader->damage().error().message, HasSubstr(path_.string()));
  std::vector<float> vector(384, 1.0F);
  reader->read(60, vector);
  EXPECT_EQ(vector, std::vector<float>(384, 0.0F));
}

// A block that is read at all is compared with its checksum, so damage that is not noticed was not read.
TEST_F(VectorFileTest, AFilteredSearchReadsNoCodesOfOtherRows) {
  const SampleVectors sample = sample_vectors(200, 384, dice_);
  write_sample(path_, sample);
  std::string bytes = bytes_of(path_);
  bytes[aligned(kVectorHeaderBytes + 2) + size_t{50} * 384] ^= 1;
  put_bytes(path_, bytes);
  const auto reader = open();
  ASSERT_NE(reader, nullptr);
  RowSet allowed(sample.rows_end());
  for (uint32_t i = 0; i < 200; ++i) {
    if (i < 30 || i >= 100) allowed.add(sample.rows[i]);
  }
  std::vector<VectorHit> hits;
  reader->search(sample.vectors[60], &allowed, 200, hits);
  EXPECT_GE(hits.size(), 130U);
  EXPECT_TRUE(reader->damage().ok());
}

}  // namespace
}  // namespace custos::index
