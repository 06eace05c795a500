#include "stage/language/english_words.h"

#include <gtest/gtest.h>

#include <string>

namespace custos::stage {
namespace {

constexpr std::string_view kEnglish =
    "Thanks for the update. I spoke with the auditors this morning and they are fine with the second draft, but it "
    "would be good if you could check the figures again before we send it out. ";

// Prose of other languages that speaks of English things, as a firm's mail does.
constexpr std::string_view kBorrowing[] = {
    "Het team is blij met de feedback op de pitch: de deal is bijna rond, we will er morgen een call over, en de CEO "
    "of "
    "de CFO was er ook bij. Please let me know was het antwoord.",
    "Vi har et meeting i morgen om the big picture, og vores sales manager har et pitch deck klar. Det er for dyrt at "
    "have to account managers her, men is er for alle.",
    "Das Update vom Sales-Team war okay: Wir haben das Meeting in the Box genannt, der Deal ist fix und das Feedback "
    "zum Workflow kommt per E-Mail. So will ich es haben, that is it.",
    "Le feedback du manager sur le business plan est bon: on fait un meeting, puis un call with the team, et le "
    "reporting part ce week-end. But c'est la vie, on a du stock.",
    "El marketing manager quiere un briefing para the new product launch; he de preparar el business plan y me han "
    "dicho que no hay budget para el catering.",
    "Il meeting con il project manager e stato spostato: it is what it is. Il feedback sul business plan va inviato "
    "in giornata, poi si fa un briefing con il team.",
};

TEST(EnglishWords, run_through_english) {
  EXPECT_TRUE(reads_as_english(kEnglish));
  EXPECT_TRUE(reads_as_english("PLEASE SEE THE LIST BELOW AND MAKE SURE THAT IT IS COMPLETE."));
  EXPECT_TRUE(reads_as_english(std::string(kEnglish) + "It\u2019s what we need \u2013 then \u201cfile\u201d it."));
}

TEST(EnglishWords, leave_what_is_short_to_others) {
  EXPECT_FALSE(reads_as_english(""));
  EXPECT_FALSE(reads_as_english("Thanks for the update."));
}

TEST(EnglishWords, borrowed_by_another_language_do_not_make_it_english) {
  for (const std::string_view text : kBorrowing) EXPECT_FALSE(reads_as_english(text)) << text;
}

TEST(EnglishWords, around_a_long_quotation_decide_nothing) {
  std::string words;
  for (int i = 0; i < 6; ++i) words += "Mi a holnapi napon egy rovid levelet irunk majd neki. ";
  EXPECT_FALSE(reads_as_english(std::string(kEnglish) + words + std::string(kEnglish)));
}

TEST(EnglishWords, beside_a_script_without_blanks_decide_nothing) {
  std::string chinese;
  for (int i = 0; i < 4; ++i) chinese += "附件是下周二会议的议程，请各位在会前阅读。";
  EXPECT_FALSE(reads_as_english(std::string(kEnglish) + chinese));
}

}  // namespace
}  // namespace custos::stage
