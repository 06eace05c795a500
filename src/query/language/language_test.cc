#include "query/language.h"

#include <gtest/gtest.h>

#include <string>

namespace custos::query {
namespace {

std::string canonical(std::string_view query) {
  const Result<Expression> parsed = parse_query(query);
  return parsed.ok() ? to_text(*parsed) : parsed.error().message;
}

TEST(QueryLanguage, WordsSideBySideAreAlternativesThatAddUp) {
  EXPECT_EQ(canonical("gas meeting"), "(gas meeting)");
  EXPECT_EQ(canonical("gas"), "(gas)");
  EXPECT_EQ(canonical("  "), "()");
}

TEST(QueryLanguage, EverythingButWordsHasToHold) {
  EXPECT_EQ(canonical("gas meeting from:jane -lunch \"price list\""),
            "((gas meeting) AND from:\"jane\" AND NOT lunch AND (=\"price\" THEN =\"list\"))");
  EXPECT_EQ(canonical("+gas meeting"), "((meeting) AND gas)");
}

TEST(QueryLanguage, OrBindsLoosestThenAndThenNear) {
  EXPECT_EQ(canonical("a1 AND b2 OR c3 NEAR/4 d4"), "(((a1) AND (b2)) OR (c3 NEAR/4 d4))");
  EXPECT_EQ(canonical("(a1 OR b2) AND c3"), "(((a1) OR (b2)) AND (c3))");
}

TEST(QueryLanguage, ScopesReachIntoBrackets) {
  EXPECT_EQ(canonical("subject:(gas OR power)"), "((subject:gas) OR (subject:power))");
  EXPECT_EQ(canonical("subject:\"gas power\""), "(subject:=\"gas\" THEN subject:=\"power\")");
}

TEST(QueryLanguage, AQuotedWordIsExactAndAStarIsAPrefix) {
  EXPECT_EQ(canonical("\"meetings\""), "=\"meetings\"");
  EXPECT_EQ(canonical("=\"A B\""), "=\"A B\"");
  EXPECT_EQ(canonical("meet* \"price li*\""), "((meet*) AND (=\"price\" THEN li*))");
}

TEST(QueryLanguage, WhatLooksLikeAnOperatorInsideTextIsText) {
  EXPECT_EQ(canonical("http://host re:x a-b -- and"), "(http://host re:x a-b -- and)");
}

TEST(QueryLanguage, ErrorsNameTheByteAndTheRemedy) {
  EXPECT_EQ(canonical("gas \"price"),
            "at byte 4 of the query: a quotation mark without its partner; write \"two words\"");
  EXPECT_EQ(canonical("(gas"), "at byte 0 of the query: a bracket that is never closed");
  EXPECT_EQ(canonical("gas)"), "at byte 3 of the query: a closing bracket without an opening one");
  EXPECT_EQ(canonical("gas AND"), "at byte 7 of the query: a word is missing after the operator");
  EXPECT_EQ(canonical("()"), "at byte 1 of the query: nothing in the brackets");
  EXPECT_EQ(canonical("from: jane"),
            "at byte 5 of the query: nothing after \"from:\"; write it without a space, as from:word");
  EXPECT_EQ(canonical("from:\"\" gas"), "at byte 5 of the query: from: wants a word, or words in quotation marks");
  EXPECT_EQ(canonical("gas NEAR/0 oil"),
            "at byte 9 of the query: NEAR/ wants a number of words from 1 to 1000, as NEAR/5");
  EXPECT_EQ(canonical("(gas oil) NEAR/3 x"),
            "at byte 10 of the query: NEAR stands between words and phrases, not brackets, filters or NOT");
  EXPECT_EQ(canonical("a*"), "at byte 0 of the query: a prefix wants at least two letters before the *");
  EXPECT_EQ(canonical("ok \xff"), "at byte 3 of the query: not UTF-8");
  EXPECT_EQ(canonical("subject:from:x"), "at byte 8 of the query: from: inside subject:");
}

TEST(QueryLanguage, DepthAndLengthAreBounded) {
  EXPECT_EQ(parse_query(std::string(100, '(') + "x" + std::string(100, ')')).error().code, Code::kLimit);
  std::string signs;
  for (int i = 0; i < 100; ++i) signs += "NOT ";
  EXPECT_EQ(parse_query(signs + "x").error().code, Code::kLimit);
  EXPECT_EQ(parse_query(std::string(kQueryBytesMax + 1, 'x')).error().code, Code::kLimit);
}

TEST(QueryLanguage, NodesKnowWhereTheyStand) {
  const Result<Expression> parsed = parse_query("gas from:jane");
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->children.at(1).span, (document::Span{4, 13}));
}

}  // namespace
}  // namespace custos::query
