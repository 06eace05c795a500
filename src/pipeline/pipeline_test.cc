#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "pipeline/claims.h"
#include "pipeline/failure.h"
#include "pipeline/masked_participant.h"
#include "pipeline/reorder_buffer.h"

namespace custos::pipeline {
namespace {

TEST(ReorderBuffer, GivesBackTheReadersOrderWhoeverFinishesFirst) {
  constexpr uint64_t kItems = 2000;
  ReorderBuffer<uint64_t> buffer(4);
  std::atomic<uint64_t> next{0};
  {
    std::vector<std::jthread> workers;
    for (int i = 0; i < 3; ++i) {
      workers.emplace_back([&] {
        for (uint64_t n = next++; n < kItems; n = next++) EXPECT_TRUE(buffer.put(n, n * 7));
      });
    }
    for (uint64_t n = 0; n < kItems; ++n) ASSERT_EQ(buffer.take(), n * 7);
    buffer.finish(kItems);
    EXPECT_EQ(buffer.take(), std::nullopt);
  }
}

TEST(ReorderBuffer, LetsEveryoneGoWhenTheConsumerGivesUp) {
  ReorderBuffer<int> buffer(1);
  std::jthread far_ahead([&] { EXPECT_FALSE(buffer.put(5, 1)); });
  std::jthread waiting([&] { EXPECT_EQ(buffer.take(), std::nullopt); });
  buffer.close();
}

TEST(ReorderBuffer, EndsBeforeWhatWasGivenUpAlsoWhenLaterItemsAreThere) {
  ReorderBuffer<int> buffer(4);
  EXPECT_TRUE(buffer.put(0, 10));
  EXPECT_TRUE(buffer.put(2, 12));
  buffer.finish(9);
  buffer.finish(1);  // whoever had the item 1 dropped it
  EXPECT_EQ(buffer.take(), 10);
  EXPECT_EQ(buffer.take(), std::nullopt);
}

TEST(Claims, TheFirstInTheSourceWinsWhoeverComesFirst) {
  Claims claims;
  const Digest key = blake2b("one message");
  EXPECT_TRUE(claims.claim(key, 20));   // a later copy is met first: it must be whole, nobody knows better
  EXPECT_TRUE(claims.claim(key, 10));   // the earlier one too
  EXPECT_FALSE(claims.claim(key, 30));  // later copies need not
  claims.forget(11);
  EXPECT_TRUE(claims.claim(key, 40));  // committed: now the catalog is asked
}

TEST(MaskedParticipant, IsTheSamePersonInEveryCopyAndNamesNobody) {
  const std::string key(32, 'k');
  const document::Participant ann{"Ann Lee", "Ann.Lee@Example.com"};
  const document::Participant shown = masked(ann, key);
  EXPECT_EQ(shown, masked(document::Participant{"ann lee", "ann.lee@example.com"}, key));
  EXPECT_TRUE(shown.address.ends_with("@example.com")) << shown.address;
  EXPECT_EQ((shown.name + shown.address).find("nn"), std::string::npos);
  EXPECT_NE(shown, masked(ann, std::string(32, 'x')));
}

TEST(Failure, KeepsTheCauseAndDropsItsConsequences) {
  Failure failure;
  failure.set({Code::kIo, "disk full"});
  failure.set({Code::kCancelled, "stopped"});
  EXPECT_EQ(failure.get()->message, "disk full");
}

}  // namespace
}  // namespace custos::pipeline
