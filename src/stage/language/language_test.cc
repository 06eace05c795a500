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

// Some 200 bytes each, with names and words of English as a firm's mail has them.
TEST(Language, is_not_misled_by_english_words) {
  EXPECT_EQ(detect_language("Beste Tom, wij zijn erg blij met de feedback op onze plannen. De deal is bijna rond en "
                            "we bellen er morgen nog over; onze directeur was er ook bij. Stuur je mij het verslag?"),
            "nl");
  EXPECT_EQ(detect_language("Hej Mette, vi har et meeting i morgen om budgettet, og vores sales manager har lavet en "
                            "oversigt over udgifterne. Kan du komme forbi kontoret, eller skal vi ringe bagefter?"),
            "da");
  EXPECT_EQ(detect_language("Hallo Jens, das Update vom Sales-Team war gut: Der Deal ist fix, und das Feedback zum "
                            "Workflow kommt per E-Mail. So will ich es haben. Was sagt der Account Manager dazu?"),
            "de");
  EXPECT_EQ(detect_language("Bonjour Paul, le feedback du manager sur le business plan est bon : on fait un call avec "
                            "la team, puis le reporting part ce week-end. Peux-tu relire le brief avant lundi ?"),
            "fr");
  EXPECT_EQ(detect_language("Hola Ana, el marketing manager quiere un briefing para el lanzamiento del producto; he de "
                            "preparar el business plan y me han dicho que no hay budget para el catering."),
            "es");
  EXPECT_EQ(detect_language("Ciao Carlo, il meeting con il project manager è stato spostato a giovedì. Il feedback sul "
                            "business plan va inviato in giornata, poi facciamo un briefing con il team."),
            "it");
  EXPECT_EQ(detect_language("Olá Rui, o feedback do cliente sobre o business plan foi bom. Vamos fazer um call com a "
                            "equipa amanhã e depois envio o report; não te esqueças do briefing de sexta-feira."),
            "pt");
  EXPECT_EQ(detect_language(
                "Во вложении повестка дня совещания по проекту Sales Team, которое состоится в следующий вторник. "
                "Пожалуйста, прочитайте отчёт заранее и пришлите свои замечания."),
            "ru");
  EXPECT_EQ(detect_language("お世話になっております。来週の Business Review の資料をお送りしますので、ご確認ください。"
                            "ご不明な点がございましたら Team までご連絡ください。"),
            "ja");
  EXPECT_EQ(
      detect_language("大家好，附件是下周 Business Review 会议的议程，请各位在会前阅读。如果有任何问题，请直接联系"
                      " Project Team，谢谢大家的支持。"),
      "zh");
  EXPECT_EQ(detect_language("مرحبا، تجدون في المرفق جدول أعمال اجتماع يوم الثلاثاء القادم مع فريق Sales Team، يرجى "
                            "قراءة التقرير قبل الاجتماع وإرسال الملاحظات."),
            "ar");
}

// A long beginning that is no prose, such as a table, does not hide what is written below it.
TEST(Language, looks_past_an_unclear_beginning) {
  std::string text;
  for (int row = 0; row < 200; ++row) text += "0x7f 1234.50 | 99 |\n";
  for (int i = 0; i < 20; ++i) text += kGerman;
  EXPECT_EQ(detect_language(text), "de");
}

TEST(Language, of_english_before_german_is_not_english) {
  std::string text;
  for (int i = 0; i < 4; ++i) text += kEnglish;
  for (int i = 0; i < 4; ++i) text += kGerman;
  EXPECT_EQ(detect_language(text), "");
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
