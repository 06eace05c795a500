#include <gtest/gtest.h>

#include "document/message.h"
#include "document/token_list.h"

namespace custos::document {
namespace {

TEST(Timestamp, IsWrittenInUtcWithTheOffsetBeside) {
  const Timestamp time{1715688000, -330};
  EXPECT_EQ(time.rfc3339(), "2024-05-14T12:00:00Z");
  EXPECT_EQ(time.offset(), "-05:30");
}

TEST(TokenList, KeepsTokensApart) {
  TokenList tokens = {"to", "", "day"};
  tokens.push_back("!");
  ASSERT_EQ(tokens.size(), 4U);
  EXPECT_EQ(tokens[0], "to");
  EXPECT_EQ(tokens[1], "");
  EXPECT_EQ(std::vector<std::string_view>(tokens.begin(), tokens.end()),
            (std::vector<std::string_view>{"to", "", "day", "!"}));
  EXPECT_NE(tokens, (TokenList{"today", "", "", "!"}));
  tokens.clear();
  EXPECT_TRUE(tokens.empty());
  EXPECT_EQ(tokens, TokenList());
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
