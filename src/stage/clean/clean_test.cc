#include "stage/clean/clean.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "base/utf8.h"

namespace custos::stage {
namespace {

using document::ReasonedSpan;
using document::Span;
using document::SpanReason;

const Cleaner& cleaner() {
  static const Cleaner cleaner = Cleaner::create({}).value();
  return cleaner;
}

CleanHints ada() {
  CleanHints hints;
  hints.sender_name = "Ada Lovelace";
  hints.sender_address = "ada@engine.example";
  return hints;
}

std::string authored(std::string_view text, const CleanHints& hints = ada()) {
  std::string kept;
  const auto removed = cleaner().find_removed(text, hints);
  for (const Span span : document::authored_spans(removed, static_cast<uint32_t>(text.size()))) kept += span.of(text);
  const size_t first = kept.find_first_not_of(" \r\n");
  return first == std::string::npos ? "" : kept.substr(first, kept.find_last_not_of(" \r\n") - first + 1);
}

// What was removed for `reason`, joined.
std::string removed_as(SpanReason reason, std::string_view text, const CleanHints& hints = ada()) {
  std::string result;
  for (const ReasonedSpan& removed : cleaner().find_removed(text, hints)) {
    if (removed.reason == reason) result += removed.span.of(text);
  }
  return result;
}

struct Case {
  const char* name;
  const char* text;
};
void PrintTo(const Case& each, std::ostream* out) { *out << each.name; }

std::string case_name(const testing::TestParamInfo<Case>& each) { return each.param.name; }

// Each text says "Answer." above, below or between, and nothing else of its own.
class QuoteStyle : public testing::TestWithParam<Case> {};
TEST_P(QuoteStyle, OnlyTheAnswerIsAuthored) { EXPECT_EQ(authored(GetParam().text), "Answer."); }

INSTANTIATE_TEST_SUITE_P(
    Attributions, QuoteStyle,
    testing::Values(
        Case{"gmail",
             "Answer.\n\nOn Mon, Jun 3, 2024 at 10:05 AM Bo Berg <bo@engine.example> wrote:\n\n> Question?\n> Two.\n"},
        Case{"gmail_wrapped",
             "Answer.\n\nOn Mon, Jun 3, 2024 at 10:05 AM Bo Berg of the Engines <\nbo@engine.example>\nwrote:\n\n> "
             "Q?\n"},
        Case{"gmail_unmarked",
             "Answer.\n\nOn Mon, Jun 3, 2024 at 10:05 AM Bo Berg <bo@engine.example> wrote:\n\nQuestion?\n\nBo\n"},
        Case{"gmail_old", "Answer.\n\n2011/10/7 Bo Berg <bo@engine.example>\n\n> Question?\n"},
        Case{"apple", "Answer.\n\nOn 3 Jun 2024, at 10:05, Bo Berg <bo@engine.example> wrote:\n\n> Question?\n"},
        Case{"apple_marked", "Answer.\n> On 3 Jun 2024, at 10:05, Bo <bo@engine.example> wrote:\n> \n> Question?\n"},
        Case{"mutt", "* Bo Berg <bo@engine.example> [2024-06-03 10:05]:\n> Question?\n\nAnswer.\n"},
        Case{"plain_name", "Bo Berg wrote:\n> Question?\n> Two.\n\nAnswer.\n"},
        Case{"aol", "Answer.\n\nIn a message dated 6/3/2024 10:05:11 AM, bo@engine.example writes:\n\n> Question?\n"},
        Case{"zoho",
             "Answer.\n\n---- On Mon, 03 Jun 2024 10:05:11 +0200 Bo <bo@engine.example> wrote ----\n\nQuestion?\n"},
        Case{"german",
             "Answer.\n\nAm Mo., 3. Juni 2024 um 10:05 Uhr schrieb Bo Berg <bo@engine.example>:\n\n> Frage?\n"},
        Case{"german_unmarked", "Answer.\n\nAm 03.06.2024 um 10:05 schrieb Bo Berg:\n\nFrage?\nNoch eine.\n"},
        Case{"french",
             "Answer.\n\nLe lun. 3 juin 2024 à 10:05, Bo Berg <bo@engine.example> a écrit :\n\n> Question ?\n"},
        Case{"spanish",
             "Answer.\n\nEl lun, 3 jun 2024 a las 10:05, Bo Berg (<bo@engine.example>) escribió:\n\n> Pregunta?\n"},
        Case{"italian",
             "Answer.\n\nIl giorno lun 3 giu 2024 alle ore 10:05 Bo Berg <bo@engine.example> ha scritto:\n\n> Q?\n"},
        Case{"portuguese",
             "Answer.\n\nEm seg., 3 de jun. de 2024 às 10:05, Bo Berg <bo@engine.example> escreveu:\n\n> Q?\n"},
        Case{"dutch", "Answer.\n\nOp ma 3 jun 2024 om 10:05 schreef Bo Berg <bo@engine.example>:\n\n> Vraag?\n"},
        Case{"danish",
             "Answer.\n\nDen man. 3. jun. 2024 kl. 10.05 skrev Bo Berg <bo@engine.example>:\n\n> Spørgsmål?\n"},
        Case{"swedish", "Answer.\n\nDen mån 3 juni 2024 kl 10:05 skrev Bo Berg <bo@engine.example>:\n\n> Fråga?\n"},
        Case{"russian", "Answer.\n\nпн, 3 июн. 2024 г. в 10:05, Бо Берг <bo@engine.example>:\n\n> Вопрос?\n"},
        Case{"russian_wrote",
             "Answer.\n\n3 июня 2024 г., 10:05 пользователь Бо Берг <bo@engine.example> написал:\n\n> Вопрос?\n"},
        Case{"polish", "Answer.\n\nW dniu 03.06.2024 o 10:05, Bo Berg <bo@engine.example> pisze:\n> Pytanie?\n"},
        Case{"czech", "Answer.\n\nDne 3. 6. 2024 v 10:05 Bo Berg <bo@engine.example> napsal(a):\n> Otázka?\n"},
        Case{"finnish",
             "Answer.\n\nma 3. kesäk. 2024 klo 10.05 Bo Berg (bo@engine.example) kirjoitti:\n\n> Kysymys?\n"},
        Case{"chinese", "Answer.\n\n在 2024年6月3日 10:05，Bo Berg <bo@engine.example> 写道：\n\n> 问题？\n"}),
    case_name);

INSTANTIATE_TEST_SUITE_P(
    HeaderBlocks, QuoteStyle,
    testing::Values(
        Case{"outlook",
             "Answer.\n\n-----Original Message-----\nFrom: Bo Berg\nSent: Monday, June 3, 2024 10:05 AM\nTo: "
             "Ada\nSubject: Engine\n\nQ?\nBo\n"},
        Case{"outlook_rule",
             "Answer.\n\n________________________________\nFrom: Bo Berg <bo@engine.example>\nSent: Monday, June 3, "
             "2024 10:05 AM\nTo: Ada\nSubject: Engine\n\nQ?\n"},
        Case{"outlook_bare",
             "Answer.\n\nFrom: Bo Berg <bo@engine.example>\nSent: Monday, June 3, 2024 10:05 AM\nTo: Ada; Cy;\n  Di "
             "<di@engine.example>\nSubject: Engine\n\nQ?\n"},
        Case{"outlook_bold",
             "Answer.\n\n*From:* Bo Berg\n*Sent:* Monday, June 3, 2024 10:05 AM\n*To:* Ada\n*Subject:* Engine\n\nQ?\n"},
        Case{"outlook_named",
             "Answer.\n\n[Lovelace, Ada]  -----Original Message-----\nFrom: Bo\nSent: June 3, 2024 10:05 AM\nTo: "
             "Ada\nSubject: x\n\nQ?\n"},
        Case{"separator_only", "Answer.\n\n-----Original Message-----\n\nQuestion?\n"},
        Case{"hotmail",
             "Answer.\n\n> Subject: Engine\n> From: bo@engine.example\n> Date: Mon, 3 Jun 2024 10:05:11 +0200\n> \n> "
             "Q?\n"},
        Case{"yahoo",
             "Answer.\n\n----- Original Message -----\nFrom: \"Bo\" <bo@engine.example>\nTo: Ada "
             "<ada@engine.example>\nCc: \nSent: Monday, June 3, 2024 10:05 AM\nSubject: x\n\nQ?\n"},
        Case{"german_outlook",
             "Answer.\n\nVon: Bo Berg\nGesendet: Montag, 3. Juni 2024 10:05\nAn: Ada\nBetreff: Maschine\n\nFrage?\n"},
        Case{"german_dashes",
             "Answer.\n\n-----Ursprüngliche Nachricht-----\nVon: Bo\nGesendet: Montag, 3. Juni 2024 10:05\nAn: "
             "Ada\nBetreff: x\n\nFrage?\n"},
        Case{"french_outlook",
             "Answer.\n\nDe : Bo Berg\nEnvoyé : lundi 3 juin 2024 10:05\nÀ : Ada\nObjet : Machine\n\nQuestion ?\n"},
        Case{"spanish_outlook",
             "Answer.\n\nDe: Bo Berg\nEnviado el: lunes, 3 de junio de 2024 10:05\nPara: Ada\nAsunto: x\n\nQ?\n"},
        Case{"italian_outlook",
             "Answer.\n\nDa: Bo Berg\nInviato: lunedì 3 giugno 2024 10:05\nA: Ada\nOggetto: x\n\nQ?\n"},
        Case{"portuguese_outlook",
             "Answer.\n\nDe: Bo Berg\nEnviada em: segunda-feira, 3 de junho de 2024 10:05\nPara: Ada\nAssunto: "
             "x\n\nQ?\n"},
        Case{"dutch_outlook",
             "Answer.\n\nVan: Bo Berg\nVerzonden: maandag 3 juni 2024 10:05\nAan: Ada\nOnderwerp: x\n\nQ?\n"},
        Case{"danish_outlook", "Answer.\n\nFra: Bo Berg\nSendt: 3. juni 2024 10:05\nTil: Ada\nEmne: x\n\nQ?\n"},
        Case{"swedish_outlook", "Answer.\n\nFrån: Bo Berg\nSkickat: den 3 juni 2024 10:05\nTill: Ada\nÄmne: x\n\nQ?\n"},
        Case{"polish_outlook", "Answer.\n\nOd: Bo Berg\nWysłano: 3 czerwca 2024 10:05\nDo: Ada\nTemat: x\n\nQ?\n"},
        Case{"russian_outlook",
             "Answer.\n\nОт: Бо Берг\nОтправлено: 3 июня 2024 г. 10:05\nКому: Ада\nТема: x\n\nВопрос?\n"},
        Case{"japanese_outlook",
             "Answer.\n\n差出人: Bo Berg\n送信日時: 2024年6月3日 10:05\n宛先: Ada\n件名: x\n\nQ?\n"},
        Case{"lotus_one_line",
             "Answer.\n\n\nBo Berg/LON/Engine@Engine on 06/03/2024 10:05:00 AM\nTo: Ada/LON/Engine@Engine\ncc: "
             "\nSubject: Engine\n\nQ?\n"},
        Case{"lotus_two_lines",
             "Answer.\n\n\nBo Berg@ENGINE\n06/03/2024 10:05 AM\nTo: Ada/LON/Engine@Engine\ncc: "
             "Cy/LON/Engine@Engine\nSubject: Engine\n\nQ?\n"},
        Case{"lotus_from",
             "Answer.\n\n\tFrom:  Bo Berg                  06/03/2024 10:05 AM\n\t\n\nTo:\tAda/LON/Engine\ncc:\t "
             "\nSubject:\tEngine\n\nQ?\n"},
        Case{"reply_above", "Answer.\n\n##- Please type your reply above this line -##\nTicket 7 was updated.\n"}),
    case_name);

INSTANTIATE_TEST_SUITE_P(
    Forwards, QuoteStyle,
    testing::Values(Case{"gmail_forward",
                         "Answer.\n\n---------- Forwarded message ---------\nFrom: Bo <bo@engine.example>\nDate: Mon, "
                         "Jun 3, 2024 at 10:05 AM\nSubject: x\nTo: Ada\n\nText\n"},
                    Case{"apple_forward",
                         "Answer.\n\nBegin forwarded message:\n\nFrom: Bo <bo@engine.example>\nDate: June 3, 2024 at "
                         "10:05:00 AM\nTo: Ada\nSubject: x\n\nText\n"},
                    Case{"apple_german",
                         "Answer.\n\nAnfang der weitergeleiteten Nachricht:\n\nVon: Bo <bo@engine.example>\nBetreff: "
                         "x\nDatum: 3. Juni 2024 um 10:05\nAn: Ada\n\nText\n"},
                    Case{"lotus_forward",
                         "Answer.\n---------------------- Forwarded by Bo Berg/LON/Engine on 06/03/2024 10:05 AM "
                         "---------------------------\n\n\nCy@ENGINE\n06/02/2024 09:00 AM\nTo: Bo "
                         "Berg/LON/Engine@Engine\ncc: \nSubject: x\n\nText\n"},
                    Case{"lotus_wrapped",
                         "Answer.\n---------------------- Forwarded by Bo Berg/LON/Engine on 06/03/2024\n10:05 AM "
                         "---------------------------\n\nText\n"},
                    Case{"french_forward",
                         "Answer.\n\n---------- Message transféré ---------\nDe : Bo <bo@engine.example>\nDate : lun. "
                         "3 juin 2024 à 10:05\nObjet : x\nÀ : Ada\n\nTexte\n"},
                    Case{"spanish_forward",
                         "Answer.\n\n---------- Mensaje reenviado ---------\nDe: Bo <bo@engine.example>\nFecha: 3 de "
                         "junio de 2024\nAsunto: x\nPara: Ada\n\nTexto\n"},
                    Case{"russian_forward",
                         "Answer.\n\n-------- Пересылаемое сообщение --------\n03.06.2024, 10:05, \"Бо\" "
                         "<bo@engine.example>:\n\nТекст\n"},
                    Case{"ended_forward",
                         "----- Forwarded message from Bo <bo@engine.example> -----\n\nText\n\n----- End forwarded "
                         "message -----\n\nAnswer.\n"}),
    case_name);

INSTANTIATE_TEST_SUITE_P(
    Endings, QuoteStyle,
    testing::Values(
        Case{"delimiter", "Answer.\n\n-- \nAda Lovelace\nEngine Works\n+44 20 7946 0000\n"},
        Case{"loose_delimiter", "Answer.\n\n--\nAda\n"},
        Case{"closing", "Answer.\n\nBest regards,\nAda Lovelace\nHead of Numbers\n"},
        Case{"closing_one_line", "Answer.\n\nKind regards, Ada\n"},
        Case{"closing_german", "Answer.\n\nMit freundlichen Grüßen\n\nAda Lovelace\n"},
        Case{"closing_french", "Answer.\n\nBien cordialement,\n\nAda Lovelace\n"},
        Case{"closing_spanish", "Answer.\n\nUn saludo,\nAda\n"},
        Case{"closing_italian", "Answer.\n\nCordiali saluti\nAda Lovelace\n"},
        Case{"closing_portuguese", "Answer.\n\nAtenciosamente,\nAda Lovelace\n"},
        Case{"closing_dutch", "Answer.\n\nMet vriendelijke groet,\n\nAda Lovelace\n"},
        Case{"closing_danish", "Answer.\n\nMed venlig hilsen\nAda Lovelace\n"},
        Case{"closing_russian", "Answer.\n\nС уважением,\nАда Лавлейс\n"}, Case{"name", "Answer.\n\nAda\n"},
        Case{"initials", "Answer.\n\nAL\n"}, Case{"dashed_name", "Answer.\n\n-Cy Young\n"},
        Case{"contact", "Answer.\n\nCy Young\nEngine Works Ltd\nTel. +44 20 7946 0000\ncy@engine.example\n"},
        Case{"iphone", "Answer.\n\nSent from my iPhone\n"},
        Case{"iphone_german", "Answer.\n\nVon meinem iPhone gesendet\n"},
        Case{"iphone_french", "Answer.\n\nEnvoyé de mon iPhone\n"},
        Case{"iphone_spanish", "Answer.\n\nEnviado desde mi iPhone\n"},
        Case{"iphone_italian", "Answer.\n\nInviato da iPhone\n"},
        Case{"iphone_portuguese", "Answer.\n\nEnviado do meu iPhone\n"},
        Case{"iphone_dutch", "Answer.\n\nVerstuurd vanaf mijn iPhone\n"},
        Case{"iphone_danish", "Answer.\n\nSendt fra min iPhone\n"},
        Case{"iphone_russian", "Answer.\n\nОтправлено с iPhone\n"},
        Case{"outlook_mobile", "Answer.\n\nGet Outlook for iOS\n"},
        Case{"mailman",
             "Answer.\n\n_______________________________________________\nEngines mailing "
             "list\nEngines@lists.example\nhttps://lists.example/mailman/listinfo/engines\n"},
        Case{"google_groups",
             "Answer.\n\n-- \nYou received this message because you are subscribed to the Google Groups \"Engines\" "
             "group.\nTo unsubscribe from this group, send an email to engines+unsubscribe@googlegroups.example.\n"},
        Case{"unsubscribe", "Answer.\n\nTo unsubscribe, visit https://lists.example/engines\n"},
        Case{"all_together",
             "Answer.\n\nThanks,\nAda\n\nSent from my iPhone\n\nOn 3 Jun 2024, at 10:05, Bo <bo@engine.example> "
             "wrote:\n\n> Q?\n\n_____________________\nEngines mailing "
             "list\nhttps://lists.example/mailman/listinfo/engines\n"}),
    case_name);

INSTANTIATE_TEST_SUITE_P(
    Disclaimers, QuoteStyle,
    testing::Values(
        Case{"english",
             "Answer.\n\nThis e-mail and any attachments are confidential and intended solely for the addressee. If "
             "you have received it in error, please notify the sender and delete it.\n"},
        Case{"starred",
             "Answer.\n\n**********************************************\nThis e-mail is the property of Engine Works "
             "and may contain confidential material for\nthe sole use of the intended recipient. Any disclosure by "
             "others is strictly prohibited.\n**********************************************\n"},
        Case{"german",
             "Answer.\n\nDiese E-Mail enthält vertrauliche Informationen. Wenn Sie nicht der richtige Adressat sind, "
             "informieren Sie bitte den Absender und vernichten Sie diese Mail. Die unbefugte Weitergabe ist nicht "
             "gestattet.\n"},
        Case{"french",
             "Answer.\n\nCe message et ses pièces jointes sont confidentiels et destinés exclusivement au "
             "destinataire. Toute diffusion est interdite. Si vous l'avez reçu par erreur, merci de le supprimer.\n"},
        Case{"spanish",
             "Answer.\n\nEste mensaje es confidencial y va dirigido a su destinatario. Si lo recibe por error, "
             "elimínelo; su divulgación está prohibida.\n"},
        Case{"italian",
             "Answer.\n\nQuesto messaggio è riservato ed è indirizzato esclusivamente al destinatario. Chi lo riceve "
             "per errore è pregato di distruggerlo; la diffusione è vietata.\n"},
        Case{"portuguese",
             "Answer.\n\nEsta mensagem é confidencial e destinada exclusivamente ao destinatário. Se a recebeu por "
             "engano, apague-a; é proibida a sua divulgação.\n"},
        Case{"dutch",
             "Answer.\n\nDit bericht is vertrouwelijk en uitsluitend bestemd voor de geadresseerde. Indien u dit ten "
             "onrechte ontvangt, verwijder het dan; verspreiding is verboden.\n"},
        Case{"danish",
             "Answer.\n\nDenne e-mail er fortrolig og kun til den tilsigtede modtager. Har du modtaget den ved en "
             "fejl, bedes du slette den.\n"},
        Case{"russian",
             "Answer.\n\nЭто сообщение конфиденциально и предназначено только адресату. Если вы получили его по "
             "ошибке, удалите его; распространение запрещено.\n"},
        Case{"external",
             "CAUTION: This email originated from outside of the organization. Do not click links.\n\nAnswer.\n"},
        Case{"print", "Answer.\n\nPlease consider the environment before printing this e-mail.\n"}),
    case_name);

// Texts of which nothing may be taken.
class Prose : public testing::TestWithParam<Case> {};
TEST_P(Prose, StaysWhole) {
  EXPECT_TRUE(cleaner().find_removed(GetParam().text, ada()).empty()) << authored(GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(
    Authored, Prose,
    testing::Values(
        Case{"on_monday_i_wrote", "Hi,\n\nOn Monday I wrote:\nThe engine is late. It is still late.\n"},
        Case{"i_wrote_at", "On 3 June 2024 at 10:05 I wrote:\nthe engine is late.\n"},
        Case{"on_the_host", "On your remote host you can run:\n\n   start engine\n\nThat should do.\n"},
        Case{"committee", "On March 3, 2001 the committee wrote:\nNo engine shall be sold.\n"},
        Case{"from_in_prose",
             "The columns are these.\nFrom: the station it left\nTo: the station it reached\nThey may be empty.\n"},
        Case{"prompt", "Type this:\n\n> ls -la\n\nand tell me.\n"},
        Case{"comparison", "We want these:\n>50% of the parts are made\nSend them.\n"},
        Case{"mboxo", "Hello.\n>From here on it gets harder, so let us meet.\nWhen?\n"},
        Case{"arrow", "Ada -> Bo -> Cy\nis the chain.\n"},
        Case{"table", "| part | price |\n| cog | 3 |\n| shaft | 5 |\n"}, Case{"colons", ": one\n: two\n: three\n"},
        Case{"memo",
             "MEMORANDUM\n\nTo: All staff\nFrom: The directors\nDate: June 3, 2024\nSubject: Engines\n\nNo engine "
             "shall be sold.\n"},
        Case{"dash_in_line", "Here is a fix -- this is not a signature.\n\nbye for now\n"},
        Case{"bullets", "Parts:\n\n- Cog\n\n- Shaft\n"},
        Case{"sent_from_desk", "Hello.\n\nSent from my desk, this is much easier than from my mobile phone.\n"},
        Case{"confidential_topic", "Please keep the price confidential until Tuesday, the board has not seen it.\n"},
        Case{"thanks_only", "Thanks!\n"}, Case{"thanks_for", "Thanks for the cogs, they fit.\n"},
        Case{"name_in_sentence",
             "The author of the first program is\nAda Lovelace and nobody else, as we all know by now.\nSee you.\n"},
        Case{"last_word", "It was said of the whole of that engine, and of what it would do to the\nlove.\n"},
        Case{"unsubscribe_topic", "Could you unsubscribe the Paris office from our reports?\n"}),
    case_name);

TEST(Clean, AnswersBetweenQuotesAreAuthored) {
  const std::string text =
      "On 3 Jun 2024, at 10:05, Bo <bo@engine.example> wrote:\n> First?\n\nYes.\n\n> Second?\n> Really?\n\nNo.\n\n> "
      "Bo\n";
  EXPECT_EQ(authored(text), "Yes.\n\n\nNo.");
}

TEST(Clean, AnswersBelowAreAuthored) {
  EXPECT_EQ(authored("Hi,\nOn Mon, 2024-06-03 at 10:05 +0200, Bo Berg wrote:\n> Q?\n> R?\n\nYes, both.\n"),
            "Hi,\n\nYes, both.");
}

TEST(Clean, InitialsMarkAQuote) { EXPECT_EQ(authored("JD> Is it ready?\nJD> I must know.\n\nIt is.\n"), "It is."); }

TEST(Clean, BarsMarkAQuoteBehindAnAttribution) {
  EXPECT_EQ(authored("On 3 Jun 2024, at 10:05, Bo <bo@engine.example> wrote:\n| Is it ready?\n| Tell me.\n\nIt is.\n"),
            "It is.");
}

TEST(Clean, WrappedQuoteKeepsItsStrayWords) {
  const std::string text =
      "Bo wrote:\n> This line of the question was so long that the next client had to wrap\nit somewhere\n> and went "
      "on.\n\nYes.\n";
  EXPECT_EQ(authored(text), "Yes.");
}

TEST(Clean, ReasonsAreNamed) {
  const std::string text =
      "Answer.\n\n-- \nAda\n\n-----Original Message-----\nFrom: Bo\nSent: June 3, 2024 10:05 AM\nTo: Ada\nSubject: "
      "x\n\nQ?\n";
  EXPECT_EQ(removed_as(SpanReason::kSignature, text), "-- \nAda\n\n");
  EXPECT_THAT(removed_as(SpanReason::kAttribution, text), testing::StartsWith("-----Original Message-----\n"));
  EXPECT_EQ(removed_as(SpanReason::kQuoted, text), "Q?\n");
  EXPECT_EQ(removed_as(SpanReason::kForwarded, text), "");
}

TEST(Clean, ForwardSubjectMakesTheBlockForwarded) {
  CleanHints hints = ada();
  hints.is_forward = true;
  const std::string text =
      "FYI\n\n-----Original Message-----\nFrom: Bo\nSent: June 3, 2024 10:05 AM\nTo: Ada\nSubject: x\n\nText\n";
  EXPECT_EQ(removed_as(SpanReason::kForwarded, text, hints), "Text\n");
  EXPECT_EQ(authored(text, hints), "FYI");
}

TEST(Clean, NestedMessageIsLabelledInsideAQuote) {
  const std::string text =
      "A\n\n-----Original Message-----\nFrom: Bo\nSent: June 3, 2024 10:05 AM\nTo: Ada\nSubject: two\n\nB\n\n"
      "-----Original Message-----\nFrom: Ada\nSent: June 2, 2024 10:05 AM\nTo: Bo\nSubject: one\n\nC\n";
  const auto blocks = quoted_blocks(text, cleaner().find_removed(text, ada()));
  ASSERT_EQ(blocks.size(), 2u);
  EXPECT_EQ(blocks[0].subject, "two");
  EXPECT_EQ(blocks[0].sender, "Bo");
  EXPECT_EQ(blocks[0].depth, 1u);
  EXPECT_THAT(std::string(blocks[0].body.of(text)), testing::StartsWith("B\n"));
  EXPECT_THAT(std::string(blocks[0].body.of(text)), testing::EndsWith("C\n"));
  EXPECT_EQ(blocks[1].subject, "one");
  EXPECT_EQ(blocks[1].depth, 2u);
  EXPECT_EQ(blocks[1].body.of(text), "C\n");
}

TEST(Clean, MarkedLevelsAreQuotedBlocks) {
  const std::string text =
      "A\n\nOn 3 Jun 2024, at 10:05, Bo <bo@engine.example> wrote:\n\n> B\n>\n> On 2 Jun, Ada wrote:\n>> C\n>> D\n> "
      "E\n";
  const auto blocks = quoted_blocks(text, cleaner().find_removed(text, ada()));
  ASSERT_EQ(blocks.size(), 2u);
  EXPECT_EQ(blocks[0].sender, "bo@engine.example");
  EXPECT_THAT(std::string(blocks[0].body.of(text)), testing::StartsWith("> B\n"));
  EXPECT_EQ(blocks[1].depth, 2u);
  EXPECT_EQ(blocks[1].body.of(text), ">> C\n>> D\n");
}

TEST(Clean, NoticeGluedToTheTextLeavesTheText) {
  const std::string text =
      "The cogs came today.\nThey fit.\nTHE INFORMATION CONTAINED IN THIS E-MAIL IS CONFIDENTIAL AND INTENDED ONLY FOR "
      "THE "
      "ADDRESSEE. ANY DISCLOSURE IS STRICTLY PROHIBITED.\n";
  EXPECT_EQ(authored(text, {}), "The cogs came today.\nThey fit.");
}

TEST(Clean, OwnDisclaimerRunsToTheEnd) {
  CleanOptions options;
  options.disclaimer_openings = {"Engine Works is a public company"};
  const Cleaner own = Cleaner::create(options).value();
  const std::string text = "Answer.\n\nENGINE WORKS is a public company\nof two.\n\nRegistered.\n";
  const auto removed = own.find_removed(text, {});
  ASSERT_EQ(removed.size(), 1u);
  EXPECT_EQ(removed[0].reason, SpanReason::kDisclaimer);
  EXPECT_EQ(removed[0].span, (Span{9, static_cast<uint32_t>(text.size())}));
}

TEST(Clean, OptionsBeyondTheLimitsAreRefused) {
  CleanOptions options;
  options.disclaimer_openings = {std::string(201, 'x')};
  EXPECT_EQ(Cleaner::create(options).error().code, Code::kInvalidArgument);
  options.disclaimer_openings = {"  "};
  EXPECT_FALSE(Cleaner::create(options).ok());
}

TEST(Clean, KindsThatAreOffStayAuthored) {
  CleanOptions options;
  options.find_signatures = false;
  options.find_list_footers = false;
  options.find_disclaimers = false;
  const Cleaner quotes_only = Cleaner::create(options).value();
  EXPECT_TRUE(quotes_only.find_removed("Answer.\n\n-- \nAda\n", ada()).empty());
  EXPECT_EQ(quotes_only.find_removed("Answer.\n\nBo wrote:\n> Q?\n", ada()).size(), 2u);
}

TEST(Clean, HintsComeFromTheMessage) {
  document::Message message;
  message.subject = "WG: Maschine";
  message.list_id = "engines.lists.example";
  message.from = {{"Ada Lovelace", "ada@engine.example"}};
  const CleanHints hints = clean_hints(message, true);
  EXPECT_TRUE(hints.is_forward && hints.has_list_id && hints.from_html);
  EXPECT_EQ(hints.sender_name, "Ada Lovelace");
  EXPECT_EQ(hints.sender_address, "ada@engine.example");
}

TEST(Clean, WindowsLineEndsAreUnderstood) {
  EXPECT_EQ(
      authored("Answer.\r\n\r\n-----Original Message-----\r\nFrom: Bo\r\nSent: June 3, 2024\r\nTo: Ada\r\n\r\nQ?\r\n"),
      "Answer.");
}

TEST(Clean, EmptyTextHasNoSpans) {
  EXPECT_TRUE(cleaner().find_removed("", {}).empty());
  EXPECT_TRUE(quoted_blocks("", {}).empty());
  EXPECT_TRUE(cleaner().find_removed("\n\n\n", {}).empty());
}

// Hostile texts: done in well under a minute even under sanitizers, so nothing is quadratic.
class Hostile : public testing::TestWithParam<int> {};

std::string repeated(std::string_view piece, size_t bytes) {
  std::string text;
  text.reserve(bytes + piece.size());
  while (text.size() < bytes) text += piece;
  return text;
}

TEST_P(Hostile, EndsSoon) {
  static const char* const kPieces[] = {
      ">",
      ">\n",
      "> a\nb\n",
      "wrote:\n",
      "On 3 Jun 2024 10:05 x@y wrote:\n",
      "From: a\nTo: b\n",
      "Date: x\n",
      "_____\n",
      "\n",
      "-- \n",
      "--\n",
      "-----Original Message-----\n",
      "To: a,\n",
      "Cc: a@b;\n",
      "confidential this message prohibited\n\n",
      "Regards,\nAda\n",
      "To unsubscribe\n\n",
      ":\n",
      "| a\n",
      "JD> a\n",
      "a ",
  };
  const std::string text = repeated(kPieces[GetParam()], 4 << 20);
  const auto start = std::chrono::steady_clock::now();
  const auto removed = cleaner().find_removed(text, ada());
  const auto blocks = quoted_blocks(text, removed);
  EXPECT_LE(blocks.size(), 64u);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(60));
}
INSTANTIATE_TEST_SUITE_P(Clean, Hostile, testing::Range(0, 21));

}  // namespace
}  // namespace custos::stage
