#include "stage/embed/embed.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace custos::stage {
namespace {

constexpr uint32_t kWidth = 2;

// A vector that tells which text it is of: its length, and 1.
class LengthSession final : public model::EncoderSession {
 public:
  explicit LengthSession(std::vector<std::string>& seen) : seen_(seen) {}
  Status embed(std::span<const std::string_view> texts, std::vector<float>& vectors) override {
    for (const std::string_view text : texts) {
      seen_.emplace_back(text);
      vectors.push_back(static_cast<float>(text.size()));
      vectors.push_back(1);
    }
    return {};
  }
  Status embed_ids(std::span<const std::vector<uint32_t>>, std::vector<float>&, const model::LayerVisitor&) override {
    return Error{Code::kUnsupported, "texts only"};
  }

 private:
  std::vector<std::string>& seen_;
};

class OneTextCache final : public VectorCache {
 public:
  explicit OneTextCache(std::string_view text) : text_(blake2b(text)) {}
  Result<bool> find(const Digest& text, std::span<float> vector) override {
    if (text != text_) return false;
    vector[0] = 99;
    vector[1] = 99;
    return true;
  }
  Status add(const Digest& text, std::span<const float> vector) override {
    added_[text] = {vector.begin(), vector.end()};
    return {};
  }
  [[nodiscard]] const std::map<Digest, std::vector<float>>& added() const { return added_; }

 private:
  Digest text_;
  std::map<Digest, std::vector<float>> added_;
};

// RedactedText is only minted by redaction, so chunks here are of a text that was never set: they are empty but one.
document::Record record_with_chunks(size_t chunks) {
  document::Record record;
  record.parts.resize(1);
  record.chunks.resize(chunks);
  return record;
}

TEST(Embed, EqualTextsOfABatchAreEmbeddedOnce) {
  std::vector<std::string> seen;
  Embedder embedder(std::make_unique<LengthSession>(seen), kWidth, nullptr);
  document::Record a = record_with_chunks(2);
  document::Record b = record_with_chunks(1);
  std::vector<document::Record*> records = {&a, &b};
  ASSERT_TRUE(embedder.embed(records).ok());
  EXPECT_EQ(seen.size(), 1U);
  EXPECT_EQ(embedder.embedded(), 1U);
  EXPECT_EQ(a.vectors, (std::vector<float>{0, 1, 0, 1}));
  EXPECT_EQ(b.vectors, (std::vector<float>{0, 1}));
}

TEST(Embed, WhatTheCacheHasIsNotEmbedded) {
  std::vector<std::string> seen;
  OneTextCache cache("");
  Embedder embedder(std::make_unique<LengthSession>(seen), kWidth, &cache);
  document::Record record = record_with_chunks(1);
  std::vector<document::Record*> records = {&record};
  ASSERT_TRUE(embedder.embed(records).ok());
  EXPECT_TRUE(seen.empty());
  EXPECT_EQ(record.vectors, (std::vector<float>{99, 99}));
}

TEST(Embed, TheCacheIsToldOfNewVectorsAndOfNoOthers) {
  std::vector<std::string> seen;
  OneTextCache cache("another text");
  Embedder embedder(std::make_unique<LengthSession>(seen), kWidth, &cache);
  document::Record record = record_with_chunks(2);
  std::vector<document::Record*> records = {&record};
  ASSERT_TRUE(embedder.embed(records).ok());
  ASSERT_EQ(cache.added().size(), 1U);
  EXPECT_EQ(cache.added().at(blake2b("")), (std::vector<float>{0, 1}));
}

TEST(Embed, StopsWhenItIsTold) {
  std::vector<std::string> seen;
  Embedder embedder(std::make_unique<LengthSession>(seen), kWidth, nullptr);
  document::Record record = record_with_chunks(1);
  std::vector<document::Record*> records = {&record};
  std::stop_source stop;
  stop.request_stop();
  const Status done = embedder.embed(records, stop.get_token());
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.error().code, Code::kCancelled);
  EXPECT_TRUE(seen.empty());
}

TEST(Embed, ARecordWithoutChunksHasNoVectors) {
  std::vector<std::string> seen;
  Embedder embedder(std::make_unique<LengthSession>(seen), kWidth, nullptr);
  document::Record record = record_with_chunks(0);
  std::vector<document::Record*> records = {&record};
  ASSERT_TRUE(embedder.embed(records).ok());
  EXPECT_TRUE(record.vectors.empty());
  EXPECT_TRUE(seen.empty());
}

}  // namespace
}  // namespace custos::stage
