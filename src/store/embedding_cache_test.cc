#include "store/embedding_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <thread>
#include <vector>

#include "store/sample_archive.h"

namespace custos::store {
namespace {

using testing::HasSubstr;

std::vector<float> vector_of(int number) { return {static_cast<float>(number) * 0.1F, 1e-30F, -0.0F, 3}; }
Digest text_of(int number) { return blake2b(std::to_string(number)); }

std::unique_ptr<EmbeddingCache> open(const TemporaryFolder& folder, const std::string& model = "model") {
  auto cache = EmbeddingCache::open(folder.path(), model, 4);
  EXPECT_TRUE(cache.ok()) << cache.error().message;
  return cache.ok() ? std::move(cache).value() : nullptr;
}

TEST(EmbeddingCache, GivesBackToTheBitWhatWasFlushed) {
  const TemporaryFolder folder;
  {
    const auto cache = open(folder);
    for (int number = 0; number < 100; ++number) {
      ASSERT_TRUE(cache->add(text_of(number), vector_of(number)).ok());
    }
    std::vector<float> found(4);
    EXPECT_TRUE(*cache->find(text_of(7), found)) << "before the flush too";
    ASSERT_TRUE(cache->flush().ok());
  }
  const auto cache = open(folder);
  for (int number = 0; number < 100; ++number) {
    std::vector<float> found(4);
    ASSERT_TRUE(*cache->find(text_of(number), found));
    const std::vector<float> expected = vector_of(number);
    EXPECT_EQ(std::memcmp(found.data(), expected.data(), 16), 0);
  }
  std::vector<float> found(4);
  EXPECT_FALSE(*cache->find(text_of(100), found));
}

TEST(EmbeddingCache, KeepsModelsApart) {
  const TemporaryFolder folder;
  ASSERT_TRUE(open(folder)->add(text_of(1), vector_of(1)).ok());
  std::vector<float> found(4);
  EXPECT_FALSE(*open(folder, "other")->find(text_of(1), found));
  EXPECT_TRUE(*open(folder)->find(text_of(1), found)) << "written when the first one went";
}

TEST(EmbeddingCache, TakesTheSameTextAgain) {
  const TemporaryFolder folder;
  const auto cache = open(folder);
  ASSERT_TRUE(cache->add(text_of(1), vector_of(1)).ok());
  ASSERT_TRUE(cache->add(text_of(1), vector_of(2)).ok());
  std::vector<float> found(4);
  EXPECT_TRUE(*cache->find(text_of(1), found));
  EXPECT_EQ(found, vector_of(2));
}

TEST(EmbeddingCache, IsUsedByManyThreads) {
  const TemporaryFolder folder;
  const auto cache = open(folder);
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 3; ++thread) {
    threads.emplace_back([&, thread] {
      for (int number = thread * 50; number < thread * 50 + 50; ++number) {
        EXPECT_TRUE(cache->add(text_of(number), vector_of(number)).ok());
        std::vector<float> found(4);
        EXPECT_TRUE(*cache->find(text_of(number), found));
      }
    });
  }
  threads.clear();
  EXPECT_TRUE(cache->flush().ok());
}

TEST(EmbeddingCache, SaysWhichFileToDeleteWhereItIsNone) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder.path() / "cache");
  std::ofstream(folder.path() / "cache" / "embeddings.sqlite") << std::string(10'000, 'x');
  const auto cache = EmbeddingCache::open(folder.path(), "model", 4);
  ASSERT_FALSE(cache.ok());
  EXPECT_EQ(cache.error().code, Code::kCorrupt);
  EXPECT_THAT(cache.error().message, HasSubstr("delete"));
  EXPECT_THAT(cache.error().message, HasSubstr("embeddings.sqlite"));
}

TEST(EmbeddingCache, DoesNotServeADamagedVector) {
  const TemporaryFolder folder;
  ASSERT_TRUE(open(folder)->add(text_of(1), vector_of(1)).ok());
  const auto path = folder.path() / "cache" / "embeddings.sqlite";
  std::string bytes;
  {
    std::ifstream file(path, std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(file), {});
  }
  const std::vector<float> wanted = vector_of(1);
  const size_t at = bytes.find(std::string(reinterpret_cast<const char*>(wanted.data()), 16));
  ASSERT_NE(at, std::string::npos);
  bytes[at] ^= 1;
  std::ofstream(path, std::ios::binary) << bytes;
  std::vector<float> found(4);
  EXPECT_FALSE(*open(folder)->find(text_of(1), found));
}

}  // namespace
}  // namespace custos::store
