#include <algorithm>

#include "stage/clean/ending.h"
#include "stage/clean/fold.h"
#include "stage/clean/stem_table.h"

namespace custos::stage::clean {
namespace {

constexpr size_t kFooterLinesMax = 12;
constexpr size_t kUnruledLinesMax = 5;  // without a rule above; a longer paragraph says other things too

// Folded beginnings of a footer's first line.
constexpr std::string_view kOpenings =
    "to unsubscribe|unsubscribe:|unsubscribe from|to be removed from|to subscribe or unsubscribe|"
    "you received this message because|you are receiving this|you're receiving this|this message was sent to|"
    "reply to this email directly|view it on github|to post to this group|to view this discussion|"
    "yahoo! groups sponsor|yahoo! groups links|your use of yahoo! groups|for more options, visit this group|"
    "um sich abzumelden|um sich von dieser liste|sie erhalten diese e-mail|sie erhalten diese nachricht|"
    "pour vous désabonner|pour vous désinscrire|vous recevez ce message|vous recevez cet e-mail|"
    "para darse de baja|para cancelar la suscripción|para cancelar su suscripción|recibe este mensaje|"
    "recibió este mensaje|has recibido este mensaje|per annullare l'iscrizione|per cancellarsi|per disiscriversi|"
    "ricevi questo messaggio|hai ricevuto questo messaggio|para cancelar a inscrição|para cancelar a assinatura|"
    "recebeu esta mensagem|você recebeu esta mensagem|om u af te melden|om je uit te schrijven|"
    "u ontvangt dit bericht|je ontvangt deze|u ontvangt deze|for at afmelde|du modtager denne|"
    "du har modtaget denne|för att avregistrera|för att avsluta prenumerationen|чтобы отписаться|для отписки|"
    "отписаться от|вы получили это сообщение|вы получили это письмо|aby zrezygnować z subskrypcji|退订|如需退订";

// Folded phrases in a short last paragraph that say it is a list's, or a provider's advertisement.
constexpr std::string_view kPhrases[] = {
    "mailman/listinfo",
    "unsubscribe",
    "mailing list:",
    "listserv",
    "yahoo! groups",
    "yahoogroups.com",
    "groups.google.com",
    "google groups",
    "list archives",
    "list archive",
    "list info",
    "do you yahoo!?",
    "get your free download of msn explorer",
    "join the world's largest e-mail service",
    "msn hotmail",
    "explorer.msn.com",
    "mobile.msn.com",
    "photos.msn.com",
    "messenger.msn.com",
    "join.msn.com",
    "get your private, free e-mail",
    "chat with friends online, try msn messenger",
    "send a cool gift with your e-card",
    "get email at your own domain with yahoo",
    "this sf.net email is sponsored by",
    "se désabonner",
    "abbestellen",
    "darse de baja",
    "annulla iscrizione",
    "cancelar inscrição",
    "uitschrijven",
    "afmelden",
    "отписаться",
};
constexpr std::string_view kListedPhrases[] = {"mailing list",       "maillist",        "mailinglist",
                                               "archives:",          "subscription",    "verteiler",
                                               "liste de diffusion", "lista de correo", "рассылк"};

const StemTable& openings() {
  static constexpr std::string_view kGroups[] = {kOpenings};
  static const StemTable table(kGroups);
  return table;
}

// "http" or "www.".
bool has_web(std::string_view text) {
  const auto is = [](char c, char letter) { return (c | 0x20) == letter; };
  for (size_t at = 0; at + 4 <= text.size(); ++at) {
    const char* c = text.data() + at;
    if (is(c[1], 't') && is(c[0], 'h') && is(c[2], 't') && is(c[3], 'p')) return true;
    if (is(c[1], 'w') && is(c[0], 'w') && is(c[2], 'w') && c[3] == '.') return true;
  }
  return false;
}

}  // namespace

bool is_list_footer(std::string_view text, const Lines& lines, Paragraph paragraph, bool listed) {
  if (paragraph.last - paragraph.first >= kFooterLinesMax) return false;
  size_t first = paragraph.first;
  const bool ruled = lines[first].kind == LineKind::kRule || lines[first].kind == LineKind::kDelimiter;
  if (ruled && first < paragraph.last) ++first;
  const std::string_view whole = text.substr(lines[first].content, lines[paragraph.last].end - lines[first].content);
  if (whole.size() > 2000) return false;
  if (openings().prefixes(whole).end != 0) return true;
  if (!ruled && paragraph.last - paragraph.first >= kUnruledLinesMax) return false;
  // Without a rule above, an author may be speaking of lists: an address of the web must be there.
  const bool web = has_web(whole);
  if (!ruled && !listed && !web) return false;
  const std::string phrase = folded(whole);
  const auto has = [&](std::span<const std::string_view> phrases) {
    return std::any_of(phrases.begin(), phrases.end(),
                       [&](auto each) { return phrase.find(each) != std::string::npos; });
  };
  return has(kPhrases) || ((ruled || listed) && web && has(kListedPhrases));
}

}  // namespace custos::stage::clean
