#include "stage/redact/disguise/encoded_links.h"

#include <gtest/gtest.h>

#include "stage/redact/redactor.h"

namespace custos::stage {
namespace {

TEST(EncodedLinks, AreDecodedAndKnowTheirPlaces) {
  const std::string_view text = "See https://x.example/a?mail=ann%40y.example&n=1+2 now";
  const auto links = decode_links(text);
  ASSERT_TRUE(links);
  EXPECT_EQ(links->text(), "://x.example/a?mail=ann@y.example&n=1 2\n");
  const auto at = static_cast<uint32_t>(links->text().find("ann@"));
  EXPECT_EQ(links->original({at, at + 13}).of(text), "ann%40y.example");
}

TEST(EncodedLinks, NothingWhereNothingIsEncoded) {
  EXPECT_FALSE(decode_links("a 100% sure + https://x.example/a+b?c=d mailto:ann@x.example"));
  EXPECT_FALSE(decode_links("https://x.example/%zz?100%"));
}

TEST(EncodedLinks, WhatIsNoUtf8StaysAsItIs) {
  EXPECT_EQ(decode_links("x://y?a=%ff%C3%A9%00z")->text(), "://y?a=%ffé z\n");
}

// Found by planted values: an address in a link that unsubscribes stayed readable.
TEST(EncodedLinks, AreMaskedWithTheWordsAround) {
  const Redactor redactor = Redactor::create({}).value();
  Redactor::Scratch scratch = redactor.make_scratch().value();
  const std::string masked =
      redactor.redact("x <https://x.example/off?mail=ann%40y.example&note=NHS+number+717+282+4512> y", scratch).text();
  EXPECT_EQ(masked.find("ann"), std::string::npos) << masked;
  EXPECT_EQ(masked.find("717"), std::string::npos) << masked;
  EXPECT_NE(masked.find("mail=[REDACTED-EMAIL]&note=NHS+number+["), std::string::npos) << masked;
}

}  // namespace
}  // namespace custos::stage
