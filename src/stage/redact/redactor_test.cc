#include "stage/redact/redactor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace custos::stage {
namespace {

class Desk {
 public:
  explicit Desk(RedactOptions options = {})
      : redactor_(Redactor::create(std::move(options)).value()), scratch_(redactor_.make_scratch().value()) {}
  document::RedactedText all(std::string_view text) { return redactor_.redact(text, scratch_); }
  std::string text(std::string_view given) { return all(given).text(); }
  std::vector<document::Entity> find(std::string_view given) { return redactor_.find(given, scratch_); }

 private:
  Redactor redactor_;
  Redactor::Scratch scratch_;
};

Desk& plain() {
  static Desk desk;
  return desk;
}

TEST(Redactor, MasksTheExampleOfTheDesign) {
  EXPECT_EQ(plain().text("John's email is john@example.com and SSN is 123-45-6789. Call 555-123-4567."),
            "John's email is [REDACTED-EMAIL] and SSN is [REDACTED-SSN]. Call [REDACTED-PHONE].");
}

struct Canary {
  const char* type;
  const char* text;
  const char* value;
};

class RedactorCanary : public testing::TestWithParam<Canary> {};

TEST_P(RedactorCanary, DisappearsUnderItsType) {
  const Canary& canary = GetParam();
  const document::RedactedText redacted = plain().all(canary.text);
  EXPECT_EQ(redacted.text().find(canary.value), std::string::npos) << redacted.text();
  EXPECT_NE(redacted.text().find("[REDACTED-" + std::string(canary.type) + "]"), std::string::npos) << redacted.text();
  EXPECT_EQ(plain().text(redacted.text()), redacted.text());
}

INSTANTIATE_TEST_SUITE_P(
    EveryType, RedactorCanary,
    testing::Values(
        Canary{"EMAIL", "write to ann.lee@northwind.example.org today", "ann.lee"},
        Canary{"SSN", "her social security number is 536904399", "536904399"},
        Canary{"PHONE", "fax +44 20 7946 0958", "7946"}, Canary{"PHONE", "my cell: 7135550143", "7135550143"},
        Canary{"PHONE", "Telefon 030 1234567", "1234567"},
        Canary{"CARD", "paid with 4111 1111 1111 1111 on Monday", "1111"},
        Canary{"CARD", "amex 3714-496353-98431", "98431"},
        Canary{"IBAN", "to DE89 3704 0044 0532 0130 00 please", "3704"}, Canary{"IP", "from 10.20.30.40:8080", "10.20"},
        Canary{"IP", "host 2001:db8::8a2e:370:7334 is down", "8a2e"},
        Canary{"MAC_ADDRESS", "nic 00:1A:2B:3C:4D:5E", "2B:3C"}, Canary{"US_ITIN", "ITIN 912-70-1234", "70-1234"},
        Canary{"US_PASSPORT", "passport A12803456 expires", "12803456"},
        Canary{"US_DRIVER_LICENSE", "driver's license H12234567", "12234567"},
        Canary{"US_BANK_NUMBER", "checking account 945456787654", "945456787654"},
        Canary{"ABA_ROUTING_NUMBER", "ABA routing 121000358", "121000358"},
        Canary{"CRYPTO", "send it to 16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyZ", "16Yeky"},
        Canary{"CRYPTO", "0x52908400098527886E0F7030069857D2E4169EE7", "0x5290"},
        Canary{"URL", "see https://bob:hunter2@intra.example.com/x", "hunter2"},
        Canary{"AWS_ACCESS_KEY", "key AKIAIOSFODNN7EXAMPLE", "AKIA"},
        Canary{"GCP_API_KEY", "AIzaSyA1234567890abcdefghijklmnopqrstuv", "AIzaSy"},
        Canary{"SLACK_TOKEN", "token xoxb-123456789012-abcdefABCDEF", "xoxb"},
        Canary{"GITHUB_TOKEN", "ghp_abcdefghijklmnopqrstuvwxyz0123456789", "ghp_"},
        Canary{"GITHUB_TOKEN", "github_pat_11ABCDEFG0abcdefghij_klm", "11ABC"},
        Canary{"GITLAB_TOKEN", "use glpat-abcdEFGH1234_5678xyz here", "abcdEFGH"},
        Canary{"STRIPE_KEY",
               "sk_"
               "live_abcdefghijklmnop1234",
               "abcdefgh"},
        Canary{"API_KEY", "the sk-proj-abcdefghijklmnopqrstuvwxyz012345 one", "sk-proj"},
        Canary{"AWS_SECRET_KEY", "aws_secret_access_key = wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEYab", "wJalr"},
        Canary{"SLACK_TOKEN", "https://hooks.slack.com/services/T00000000/B00000000/abcdefghijklmnopqrstuvwx", "T0000"},
        Canary{"CRYPTO", "to bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "bc1q"},
        Canary{"PASSWORD", "the password is Winter2001!", "Winter"}, Canary{"US_MBI", "medicare 1EG4-TE5-MK73", "TE5"},
        Canary{"DE_KFZ", "Kennzeichen M-AB 1234", "1234"}, Canary{"CH_AHV", "756.9217.0769.85", "9217"},
        Canary{"MAC_ADDRESS", "nic aa-bb-cc-dd-ee-ff is up", "cc-dd"}, Canary{"IP", "ping fe80::a:b:c:d1", "fe80"},
        Canary{"PRIVATE_KEY", "-----BEGIN PRIVATE KEY-----\nMIIEowIBAAKCAQEA0123\nABCDEFGHIJKLMNOPQRST\n", "ABCDEFGH"},
        Canary{"JWT", "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl", "eyJ"},
        Canary{"PRIVATE_KEY", "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----", "MIIEow"},
        Canary{"PASSWORD", "password: tr0ub4dor", "tr0ub4dor"}, Canary{"PASSWORD", "Kennwort = geheim99", "geheim99"},
        Canary{"PASSWORD", "пароль: секрет77", "секрет77"}));

class RedactorEvasion : public testing::TestWithParam<Canary> {};

TEST_P(RedactorEvasion, IsFoundAllTheSame) {
  const Canary& evasion = GetParam();
  EXPECT_EQ(plain().text(evasion.text), evasion.value);
}

INSTANTIATE_TEST_SUITE_P(
    EveryDisguise, RedactorEvasion,
    testing::Values(Canary{"homoglyph", "mail j\xD0\xBEhn@ex\xD0\xB0mple.com now", "mail [REDACTED-EMAIL] now"},
                    Canary{"zero width",
                           "SSN 123\xE2\x80\x8B-45-67\xE2\x80\x8B"
                           "89.",
                           "SSN [REDACTED-SSN]."},
                    Canary{"full width", "SSN \xEF\xBC\x91\xEF\xBC\x92\xEF\xBC\x93-45-6789", "SSN [REDACTED-SSN]"},
                    Canary{"brackets", "ann (at) example (dot) com", "[REDACTED-EMAIL]"},
                    Canary{"square", "write ann [at] example dot com soon", "write [REDACTED-EMAIL] soon"},
                    Canary{"spelt dot", "ann@example dot com", "[REDACTED-EMAIL]"},
                    Canary{"tags", "123-<b>45</b>-6789", "[REDACTED-SSN]"},
                    Canary{"card over a break", "card 4111 1111\n1111 1111 ok", "card [REDACTED-CARD] ok"},
                    Canary{"quoted break", "> card 4111 1111\n> 1111 1111 ok", "> card [REDACTED-CARD] ok"},
                    Canary{"hyphen", "SSN 123-45-\n6789", "SSN [REDACTED-SSN]"},
                    Canary{"mail over a break", "ann.lee@exam-\nple.com wrote", "[REDACTED-EMAIL] wrote"},
                    Canary{"mail cut", "ann.lee@exam\nple.com wrote", "[REDACTED-EMAIL] wrote"},
                    Canary{"hard blank",
                           "4111\xC2\xA0"
                           "1111\xC2\xA0"
                           "1111\xC2\xA0"
                           "1111",
                           "[REDACTED-CARD]"},
                    Canary{"odd hyphens",
                           "123\xE2\x80\x91"
                           "45\xE2\x80\x91"
                           "6789",
                           "[REDACTED-SSN]"}));

class RedactorLeaves : public testing::TestWithParam<const char*> {};

TEST_P(RedactorLeaves, OrdinaryTextAlone) { EXPECT_EQ(plain().text(GetParam()), GetParam()); }

INSTANTIATE_TEST_SUITE_P(NoData, RedactorLeaves,
                         testing::Values("See you on 12/05/2001 at 10:30:45.", "Released 2024-05-14T12:00:00Z.",
                                         "version 10.0.0.1 is out", "the total is $1,234,567.89 for 12 units",
                                         "std::vector<int> a::b", "Order 20010512 shipped", "chapter 3.2.1 and 4.5.6",
                                         "10\n20\n30\n40", "already [REDACTED-SSN] and [EMAIL-3fa9] here", "",
                                         "meet at enron dot com headquarters?"));

TEST(Redactor, OffsetsAreBytesOfTheOriginalAndOfTheMaskedText) {
  const std::string text =
      "Gr\xC3\xBC\xC3\x9F"
      "e an ann@example.com!";
  const document::RedactedText redacted = plain().all(text);
  ASSERT_EQ(redacted.entities().size(), 1U);
  EXPECT_EQ(redacted.entities()[0].original.of(text), "ann@example.com");
  EXPECT_EQ(redacted.entities()[0].redacted.of(redacted.text()), "[REDACTED-EMAIL]");
}

TEST(Redactor, HashIsKeyedAndLong) {
  Desk one({.mask = Mask::kHash, .salt = "sixteen bytes or so"});
  Desk other({.mask = Mask::kHash, .salt = "another salt of many"});
  EXPECT_THAT(one.text("ann@example.com"), testing::MatchesRegex("\\[EMAIL-[0-9a-f]+\\]"));
  EXPECT_EQ(one.text("ann@example.com").size(), std::string("[EMAIL-]").size() + 16);
  EXPECT_NE(one.text("ann@example.com"), other.text("ann@example.com"));
  EXPECT_EQ(one.text(one.text("ann@example.com")), one.text("ann@example.com"));
}

TEST(Redactor, PseudonymIsOneForAValueHoweverWritten) {
  Desk desk({.mask = Mask::kPseudonym, .salt = "sixteen bytes or so"});
  EXPECT_EQ(desk.text("Ann@Example.com"), desk.text("ann@example.com"));
  EXPECT_EQ(desk.text("4111 1111 1111 1111"), desk.text("4111-1111-1111-1111"));
  EXPECT_NE(desk.text("ann@example.com"), desk.text("bob@example.com"));
  EXPECT_EQ(desk.text("ann@example.com").size(), std::string("[EMAIL-3fa9]").size());
}

TEST(Redactor, LastFourShowsNothingOfAShortValue) {
  Desk desk({.mask = Mask::kLastFour});
  EXPECT_EQ(desk.text("4111 1111 1111 1234"), "4111 1111 1111 1234");
  EXPECT_EQ(desk.text("5555 5555 5555 4444"), "[CARD-****4444]");
  EXPECT_EQ(desk.text("password: ab1!"), "password: [PASSWORD-****]");
}

TEST(Redactor, TypesOfTheConfigurationNeedNoRebuild) {
  Desk desk({.extra = {{.type = "EMPLOYEE", .pattern = "EMP-[A-Z]{3}", .score = 0.9F},
                       {.type = "CASE_FILE", .pattern = "\\d{4}/\\d{2}", .score = 0.1F, .context = {"docket"}},
                       {.type = "OWN_CARD", .pattern = "9\\d{7}", .score = 0.9F, .validator = "aba_routing"}},
             .disabled = {"PHONE"}});
  EXPECT_EQ(desk.text("EMP-ABC at 555-123-4567"), "[REDACTED-EMPLOYEE] at 555-123-4567");
  EXPECT_EQ(desk.text("docket 1234/56"), "docket [REDACTED-CASE_FILE]");
  EXPECT_EQ(desk.text("page 1234/56"), "page 1234/56");
  EXPECT_EQ(desk.text("91234567"), "91234567");
}

TEST(Redactor, SaysWhichRecognizerIsWrong) {
  const auto pattern = Redactor::create({.extra = {{.type = "BROKEN", .pattern = "(["}}});
  ASSERT_FALSE(pattern.ok());
  EXPECT_THAT(pattern.error().message, testing::HasSubstr("BROKEN"));
  EXPECT_FALSE(Redactor::create({.extra = {{.type = "X", .pattern = "x", .validator = "nothing"}}}).ok());
  EXPECT_FALSE(Redactor::create({.extra = {{.type = "lower", .pattern = "x"}}}).ok());
  EXPECT_FALSE(Redactor::create({.mask = Mask::kHash}).ok());
}

TEST(Redactor, FullProfileAddsBirthdaysAndAnnouncedNames) {
  Desk full({.profile = Profile::kFull});
  EXPECT_EQ(full.text("Date of birth: 12/05/1961"), "Date of birth: [REDACTED-DATE_OF_BIRTH]");
  EXPECT_EQ(full.text("Dear Ann,\nMr. Low left"), "Dear [REDACTED-NAME],\nMr. [REDACTED-NAME] left");
  EXPECT_EQ(full.text("Dear All,"), "Dear All,");
  EXPECT_EQ(plain().text("Dear Ann, born 12/05/1961"), "Dear Ann, born 12/05/1961");
}

TEST(Redactor, FindReportsEveryKindThatANumberCouldBe) {
  Desk desk({.threshold = 0});
  std::vector<std::string> types;
  for (const document::Entity& entity : desk.find("912803456")) types.push_back(entity.type);
  EXPECT_THAT(types, testing::IsSupersetOf({"US_PASSPORT", "US_BANK_NUMBER"}));
}

TEST(Redactor, MalformedTextAndNulDoNoHarm) {
  const document::RedactedText redacted = plain().all(std::string_view("\xFF\xC3 ann@example.com\0x", 20));
  EXPECT_THAT(redacted.text(), testing::HasSubstr("[REDACTED-EMAIL]"));
  EXPECT_EQ(redacted.text().substr(0, 2), "??");
}

TEST(Redactor, TooManyEntitiesMaskTheTextWhole) {
  Desk desk({.entities_max = 2});
  EXPECT_EQ(desk.text("a@b.com c@d.com e@f.com"), "[REDACTED-UNREADABLE]");
}

TEST(RedactorOverlap, NothingOfALongerIdentifierStaysReadable) {
  // Twelve digits in the middle pass as a number of another kind, with a check digit and so a higher score.
  const std::string shown = plain().text("it came from 2001:db8:c71b:8328:7715:5719:efae:c84f today");
  EXPECT_EQ(shown.find("2001"), std::string::npos) << shown;
  EXPECT_EQ(shown.find("efae"), std::string::npos) << shown;
}

}  // namespace
}  // namespace custos::stage
