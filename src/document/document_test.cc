#include <gtest/gtest.h>

#include "document/message.h"

namespace custos::document {
namespace {

TEST(Timestamp, IsWrittenInUtcWithTheOffsetBeside) {
  const Timestamp time{1715688000, -330};
  EXPECT_EQ(time.rfc3339(), "2024-05-14T12:00:00Z");
  EXPECT_EQ(time.offset(), "-05:30");
}

TEST(Message, AuthoredSpansFollowTheJoinedBody) {
  Message message;
  Part first{.is_body = true, .text = "hello\n> old\n"};
  first.removed = {{{6, 12}, SpanReason::kQuoted}};
  message.parts = {first, Part{.text = "attached"}, Part{.is_body = true, .text = "bye"}};
  EXPECT_EQ(message.text(), "hello\n> old\n\nbye");
  EXPECT_EQ(message.authored(), (std::vector<Span>{{0, 6}, {13, 16}}));
}

}  // namespace
}  // namespace custos::document
