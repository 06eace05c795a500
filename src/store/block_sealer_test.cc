#include "store/block_sealer.h"

#include <gtest/gtest.h>

namespace custos::store {
namespace {

const BlockSealer::Key kKey = {1, 2, 3};

TEST(BlockSealer, OpensWhatItSealedAndNeverTheSameTwice) {
  const BlockSealer sealer("archive", kKey);
  const std::string messages = std::string(100'000, 'a') + "end";
  const auto first = sealer.seal(messages);
  const auto second = sealer.seal(messages);
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(*sealer.open(first->bytes), messages);
  EXPECT_NE(first->bytes, second->bytes);
  EXPECT_LT(first->bytes.size(), 1000U);
  EXPECT_EQ(*sealer.open(sealer.seal("")->bytes), "");
}

TEST(BlockSealer, RefusesEveryChangedByteAndEveryTruncation) {
  const BlockSealer sealer("archive", kKey);
  const std::string block = sealer.seal("Dear all, this is an invented letter.")->bytes;
  for (size_t at = 0; at < block.size(); ++at) {
    std::string changed = block;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    EXPECT_FALSE(sealer.open(changed).ok()) << at;
    EXPECT_FALSE(sealer.open(block.substr(0, at)).ok()) << at;
  }
}

TEST(BlockSealer, RefusesAnotherArchiveAndAnotherKey) {
  const auto block = BlockSealer("archive", kKey).seal("text");
  EXPECT_EQ(BlockSealer("other", kKey).open(block->bytes).error().code, Code::kCorrupt);
  EXPECT_EQ(BlockSealer("archive", {9}).open(block->bytes).error().code, Code::kCorrupt);
  EXPECT_EQ(block->bytes.find("text"), std::string::npos);
}

}  // namespace
}  // namespace custos::store
