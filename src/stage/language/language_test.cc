#include "stage/language/language.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace custos::stage {
namespace {

constexpr std::string_view kEnglish =
    "Please find the agenda for the meeting next Tuesday below, and bring the report.";
constexpr std::string_view kGerman = "Anbei findest du die Tagesordnung für die Besprechung am nächsten Dienstag.";

TEST(Language, knows_the_languages_of_mail) {
  EXPECT_EQ(detect_language(kEnglish), "en");
  EXPECT_EQ(detect_language(kGerman), "de");
  EXPECT_EQ(detect_language("Vous trouverez ci-joint l'ordre du jour de la réunion de mardi prochain."), "fr");
  EXPECT_EQ(detect_language("Adjunto encontrará el orden del día de la reunión del próximo martes."), "es");
  EXPECT_EQ(detect_language("Во вложении повестка дня совещания, которое состоится в следующий вторник."), "ru");
  EXPECT_EQ(detect_language("来週の火曜日の会議の議題を添付しますので、ご確認ください。"), "ja");
  EXPECT_EQ(detect_language("附件是下周二会议的议程，请各位在会前阅读。"), "zh");
}

TEST(Language, does_not_guess) {
  EXPECT_EQ(detect_language(""), "");
  EXPECT_EQ(detect_language("ok"), "");
  EXPECT_EQ(detect_language("12345 67890 12345 67890 +-*/ 12345"), "");
}

TEST(Language, reads_up_to_malformed_bytes) {
  EXPECT_EQ(detect_language("\xff\xff"), "");
  EXPECT_EQ(detect_language(std::string(kEnglish) + "\xff" + std::string(kGerman)), "en");
}

TEST(Language, a_cut_inside_a_letter_does_no_harm) {
  std::string text;
  while (text.size() < kLanguageBytesMax + 100) text += "Größe für schöne Übungen über müde Bäume. ";
  for (int i = 0; i < 4; ++i) EXPECT_EQ(detect_language(text.insert(0, " ")), "de");
}

TEST(Language, answers_many_threads) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([] {
      for (int i = 0; i < 100; ++i) {
        EXPECT_EQ(detect_language(kEnglish), "en");
        EXPECT_EQ(detect_language(kGerman), "de");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace custos::stage
