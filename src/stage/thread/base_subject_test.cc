#include "stage/thread/base_subject.h"

#include <gtest/gtest.h>

namespace custos::stage {
namespace {

TEST(BaseSubject, removes_what_rfc_5256_names) {
  const auto base = [](std::string_view subject) { return base_subject(subject).text; };
  EXPECT_EQ(base("Re: Fw: FWD: b"), "b");
  EXPECT_EQ(base("[foo] Fwd: [bar] Re: fw: b (fWd)  (fwd)"), "b");
  EXPECT_EQ(base("Re: [FWD: c]"), "c");
  EXPECT_EQ(base("[fwd: re: [fwd: c]]"), "c");
  EXPECT_EQ(base("re [list] : c"), "c");
  EXPECT_EQ(base("b (a)"), "b (a)");
  EXPECT_EQ(base("[xyz]"), "[xyz]");
  EXPECT_EQ(base("[a] [b] c"), "c");
  EXPECT_EQ(base("  A \t B\n c  "), "a b c");
  EXPECT_EQ(base("Re:"), "");
  EXPECT_EQ(base("regards: x"), "regards: x");
  EXPECT_EQ(base("AW: x"), "aw: x");
}

TEST(BaseSubject, tells_replies_and_forwards) {
  EXPECT_TRUE(base_subject("RE: a").is_reply);
  EXPECT_TRUE(base_subject("a (fwd)").is_reply);
  EXPECT_TRUE(base_subject("[Fwd: a]").is_reply);
  EXPECT_FALSE(base_subject("[list] a").is_reply);
  EXPECT_FALSE(base_subject("WG: a").is_reply);
}

TEST(BaseSubject, localised_prefixes) {
  for (const char* subject : {"AW: Brücke", "WG: AW: brücke", "Antw: Brücke", "RE: RES: Brücke", "SV: VS: Brücke",
                              "Re[2]: Brücke", "AW(3): Brücke", "Re^2: Brücke", "TR : Brücke", "RV: Brücke",
                              "回复：Brücke", "R: I: Brücke", "[liste] AW: Brücke"}) {
    const BaseSubject base = localized_base_subject(subject);
    EXPECT_EQ(base.text, "brücke") << subject;
    EXPECT_TRUE(base.is_reply) << subject;
  }
  EXPECT_FALSE(localized_base_subject("India: a trip").is_reply);
  EXPECT_FALSE(localized_base_subject("Results: 2").is_reply);
}

TEST(BaseSubject, compares_without_case_in_every_script) {
  EXPECT_EQ(base_subject("ПРИВЕТ").text, base_subject("привет").text);
  EXPECT_EQ(base_subject("cafe\xcc\x81").text, base_subject("CAFÉ").text);
}

TEST(BaseSubject, hostile_subjects_end) {
  std::string brackets;
  for (int i = 0; i < 100'000; ++i) brackets += "[]";
  EXPECT_FALSE(base_subject(brackets).is_reply);
  std::string replies;
  for (int i = 0; i < 100'000; ++i) replies += "Re: ";
  EXPECT_TRUE(base_subject(replies).is_reply);
  EXPECT_FALSE(base_subject("\xff\xfe[").is_reply);
}

}  // namespace
}  // namespace custos::stage
