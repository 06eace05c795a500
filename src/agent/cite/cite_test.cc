#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "agent/citation.h"
#include "agent/cite/facts.h"
#include "store/sample_archive.h"

namespace custos::agent {
namespace {

using document::Span;

document::RedactedText redacted(std::string text) { return store::SampleText::restore(std::move(text), {}); }

std::vector<std::string> values(std::string_view text, Fact::Kind kind) {
  std::vector<std::string> values;
  for (const Fact& fact : facts_of(text).facts) {
    if (fact.kind == kind) values.push_back(fact.value);
  }
  return values;
}

TEST(Facts, NumbersAreTheSameHoweverTheyAreWritten) {
  EXPECT_THAT(values("45,000 or 45 thousand or 45k", Fact::Kind::kNumber), testing::Each("45000"));
  EXPECT_THAT(values("two of 007 for 84.10, at 10:30", Fact::Kind::kNumber),
              testing::ElementsAre("2", "7", "84.1", "10:30"));
  EXPECT_THAT(values("the P-51a and Q3", Fact::Kind::kNumber), testing::ElementsAre("51a", "q3"));
  EXPECT_THAT(values("one may march on", Fact::Kind::kNumber), testing::IsEmpty());
}

TEST(Facts, DatesAreTheirParts) {
  for (const std::string_view date : {"May 14, 2001", "14 May 2001", "14th of May 2001"}) {
    for (const std::string_view wanted : {"2001-05-14", "May 14th 2001", "5/14/2001"}) {
      const TextFacts cited = facts_of(date);
      for (const Fact& fact : facts_of(wanted).facts) EXPECT_TRUE(has_fact(cited, fact)) << date << " / " << wanted;
    }
    for (const Fact& fact : facts_of("15").facts) EXPECT_FALSE(has_fact(facts_of(date), fact)) << date;
  }
}

TEST(Facts, NamesAreCapitalsAndCommonOnlyAtTheBeginning) {
  const TextFacts facts = facts_of("Clément met Ann's sister. Prices rose in Ōsaka.");
  std::vector<std::string> certain;
  for (const Fact& fact : facts.facts) {
    if (!fact.may_be_common) certain.push_back(fact.value);
  }
  EXPECT_THAT(certain, testing::ElementsAre("ann", "ōsaka"));
}

Verdict supported(std::string_view sentence, std::vector<std::string_view> cited, std::string_view headers = "") {
  const Result<Verdict> verdict = check_support(sentence, cited, headers, nullptr, {});
  EXPECT_TRUE(verdict.ok());
  return verdict.ok() ? *verdict : Verdict{Fault::kNoCitation, 0, 0};
}

constexpr std::string_view kCited =
    "Please pay 45,000 to the Limassol company before Thursday. The invoice from Bea is attached.";

TEST(Support, WhatIsSaidIsSupported) {
  EXPECT_TRUE(supported("Please pay 45,000 to the Limassol company before Thursday.", {kCited}).supported());
  EXPECT_TRUE(supported("please  pay 45,000\nto the Limassol company", {kCited}).supported()) << "case and spaces";
  EXPECT_TRUE(
      supported("Pay 45000 to the Limassol company before Thursday; Bea's invoice is attached.", {kCited}).supported());
  const std::string_view named = "Gordon Pike: please pay the Limassol company 45000 before Thursday.";
  EXPECT_EQ(supported(named, {kCited}).fault, Fault::kNameMissing);
  EXPECT_TRUE(supported(named, {kCited}, "Gordon Pike gordon@example.com").supported()) << "the headers name him";
}

TEST(Support, AWordIsNotAPartOfAnother) {
  EXPECT_EQ(supported("pay 45", {"Please pay 45,000 today."}).fault, Fault::kNumberMissing);
}

TEST(Support, AHalfThatIsNotCitedIsTooMuch) {
  EXPECT_EQ(
      supported("Please pay 45,000 to the Limassol company before the yellow submarine surfaces.", {kCited}).fault,
      Fault::kUnrelated);
}

TEST(Support, WhatIsAlteredIsNot) {
  EXPECT_EQ(supported("Please pay 54,000 to the Limassol company before Thursday.", {kCited}).fault,
            Fault::kNumberMissing);
  EXPECT_EQ(supported("Please pay 45,000 to the Nicosia company before Thursday.", {kCited}).fault,
            Fault::kNameMissing);
  EXPECT_EQ(supported("Please pay 45,000 to the Limassol company before May.", {kCited}).fault, Fault::kDateMissing);
  EXPECT_EQ(supported("Please do not pay 45,000 to the Limassol company before Thursday.", {kCited}).fault,
            Fault::kDenied);
  EXPECT_EQ(supported("pay 45,000 to the Limassol company", {"Never pay 45,000 to the Limassol company."}).fault,
            Fault::kDenied);
  EXPECT_EQ(supported("the weather was fine at the picnic yesterday", {kCited}).fault, Fault::kUnrelated);
  EXPECT_EQ(supported("Please pay.", {}).fault, Fault::kNoCitation);
}

class TextsInMemory final : public CitedTexts {
 public:
  Result<const CitedMessage*> find(std::string_view message) override {
    const auto found = messages.find(std::string(message));
    return found == messages.end() ? nullptr : &found->second;
  }
  std::map<std::string, CitedMessage> messages;
};

class CitationCheck : public testing::Test {
 protected:
  CitationCheck() {
    texts_.messages["m1"] = {"m1", sha256("original"), {{"1", redacted("Café at noon. Bring 5 copies.")}}, ""};
    good_ = {"m1", "1", {0, 14}, redacted("Café at noon."), sha256("original")};
  }
  Fault fault(const Citation& citation, std::string_view sentence = "Café at noon.") {
    const Result<Verdict> verdict = check_sentence(sentence, {&citation, 1}, texts_, nullptr, {});
    EXPECT_TRUE(verdict.ok());
    return verdict.ok() ? verdict->fault : Fault::kNone;
  }

  TextsInMemory texts_;
  Citation good_;
};

TEST_F(CitationCheck, HoldsOnlyWhereEverythingFits) {
  EXPECT_EQ(fault(good_), Fault::kNone);
  Citation bad = good_;
  bad.message = "m2";
  EXPECT_EQ(fault(bad), Fault::kNoMessage);
  bad = good_;
  bad.part = "2";
  EXPECT_EQ(fault(bad), Fault::kNoPart);
  bad = good_;
  bad.span = {0, 4};  // inside the é
  EXPECT_EQ(fault(bad), Fault::kNoSpan);
  bad.span = {20, 4000};
  EXPECT_EQ(fault(bad), Fault::kNoSpan);
  bad = good_;
  bad.quote = redacted("Café at nine.");
  EXPECT_EQ(fault(bad), Fault::kQuoteDiffers);
  bad = good_;
  bad.sha256 = sha256("another");
  EXPECT_EQ(fault(bad), Fault::kDigestDiffers);
}

TEST_F(CitationCheck, TheSpanCountsNotTheMessage) {
  EXPECT_EQ(fault(good_, "Café at 5."), Fault::kNumberMissing) << "it stands behind the cited span";
}

}  // namespace
}  // namespace custos::agent
