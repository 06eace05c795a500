#include "stage/clean/ending.h"
#include "stage/clean/fold.h"

namespace custos::stage::clean {
namespace {

constexpr size_t kFooterLinesMax = 12;
constexpr size_t kUnruledLinesMax = 5;  // without a rule above; a longer paragraph says other things too

// Folded beginnings of a footer's first line.
constexpr std::string_view kOpenings[] = {
    "to unsubscribe",
    "unsubscribe:",
    "unsubscribe from",
    "to be removed from",
    "to subscribe or unsubscribe",
    "you received this message because",
    "you are receiving this",
    "you're receiving this",
    "this message was sent to",
    "reply to this email directly",
    "view it on github",
    "to post to this group",
    "to view this discussion",
    "yahoo! groups sponsor",
    "yahoo! groups links",
    "your use of yahoo! groups",
    "for more options, visit this group",
    "um sich abzumelden",
    "um sich von dieser liste",
    "sie erhalten diese e-mail",
    "sie erhalten diese nachricht",
    "pour vous désabonner",
    "pour vous désinscrire",
    "vous recevez ce message",
    "vous recevez cet e-mail",
    "para darse de baja",
    "para cancelar la suscripción",
    "para cancelar su suscripción",
    "recibe este mensaje",
    "recibió este mensaje",
    "has recibido este mensaje",
    "per annullare l'iscrizione",
    "per cancellarsi",
    "per disiscriversi",
    "ricevi questo messaggio",
    "hai ricevuto questo messaggio",
    "para cancelar a inscrição",
    "para cancelar a assinatura",
    "recebeu esta mensagem",
    "você recebeu esta mensagem",
    "om u af te melden",
    "om je uit te schrijven",
    "u ontvangt dit bericht",
    "je ontvangt deze",
    "u ontvangt deze",
    "for at afmelde",
    "du modtager denne",
    "du har modtaget denne",
    "för att avregistrera",
    "för att avsluta prenumerationen",
    "чтобы отписаться",
    "для отписки",
    "отписаться от",
    "вы получили это сообщение",
    "вы получили это письмо",
    "aby zrezygnować z subskrypcji",
    "退订",
    "如需退订",
};

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

}  // namespace

bool is_list_footer(std::string_view text, const Lines& lines, Paragraph paragraph, bool listed) {
  if (paragraph.last - paragraph.first >= kFooterLinesMax) return false;
  size_t first = paragraph.first;
  const bool ruled = lines[first].kind == LineKind::kRule || lines[first].kind == LineKind::kDelimiter;
  if (ruled && first < paragraph.last) ++first;
  const std::string_view whole = text.substr(lines[first].content, lines[paragraph.last].end - lines[first].content);
  if (whole.size() > 2000) return false;
  const std::string phrase = folded(whole);
  if (starts_with_any(phrase, kOpenings)) return true;
  const auto has = [&](std::span<const std::string_view> phrases) {
    for (const std::string_view each : phrases) {
      if (phrase.find(each) != std::string::npos) return true;
    }
    return false;
  };
  // Without a rule above, an author may be speaking of lists: an address of the web must be there.
  const bool web = phrase.find("http") != std::string::npos || phrase.find("www.") != std::string::npos;
  if (!ruled && paragraph.last - paragraph.first >= kUnruledLinesMax) return false;
  if (has(kPhrases) && (ruled || listed || web)) return true;
  return (ruled || listed) && web && has(kListedPhrases);
}

}  // namespace custos::stage::clean
