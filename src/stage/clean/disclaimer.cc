#include <algorithm>
#include <array>
#include <bit>

#include "stage/clean/ending.h"
#include "stage/clean/fold.h"
#include "stage/clean/stem_table.h"

namespace custos::stage::clean {
namespace {

constexpr size_t kParagraphBytesMax = 16 << 10;  // of a paragraph, that are compared with the tables
constexpr size_t kParagraphBytesMin = 40;
constexpr size_t kHeadingBytesMax = 60;

// A disclaimer says several of these things; prose says one. Folded stems, separated by "|".
constexpr std::array<std::string_view, 9> kSigns = {
    // this message
    "this e-mail|this email|this message|this communication|this transmission|this electronic|the information "
    "contained|"
    "the contents of this|any attachment|diese e-mail|dieser e-mail|diese mail|diese nachricht|dieser nachricht|"
    "ce message|cet e-mail|ce courriel|ce courrier|ce mail|cet email|ses pièces jointes|este mensaje|este correo|"
    "esta comunicación|questo messaggio|questa e-mail|questa mail|la presente e-mail|presente messaggio|presente mail|"
    "esta mensagem|este e-mail|este email|dit bericht|deze e-mail|dit e-mailbericht|denne e-mail|denne mail|"
    "denne meddelelse|denne besked|denne e-posten|detta meddelande|detta e-post|detta mail|tämä viesti|ta wiadomość|"
    "niniejsza wiadomość|tato zpráva|tento e-mail|это сообщение|данное сообщение|настоящее сообщение|это письмо|"
    "данное письмо|настоящее электронное|本邮件|此邮件|本メール|このメール",
    // is secret
    "confidential|privileged|proprietary|vertraulich|confidentiel|confidencial|riservat|confidenzial|vertrouwelijk|"
    "fortrolig|konfidentiell|konfidensiel|luottamuksel|poufn|důvěrn|конфиденциальн|保密|机密|機密",
    // is meant for somebody
    "intended recipient|intended solely|intended only|intended for|sole use|named above|addressee|addressed|"
    "vorgesehenen empfänger|richtige adressat|richtige empfänger|adressaten bestimmt|bestimmt für|irrtümlich|"
    "destinataire|destiné|destinatari|destinad|indirizzat|esclusivamente|geadresseerde|bestemd|ontvanger|"
    "tilsigtede modtager|tiltænkt|modtager|mottaker|avsedd|mottagare|vastaanottajal|adresat|przeznaczon|určen|"
    "адресат|предназначен|получател|收件人|宛先",
    // is not to be used
    "strictly prohibited|prohibited|unauthorized|unauthorised|not authorized|may not be|must not|do not copy|"
    "nicht gestattet|unbefugte|verboten|unzulässig|interdit|strictement|prohibid|prohibida|non autorizzat|vietat|"
    "proibid|não autorizad|verboden|niet toegestaan|forbudt|ikke tilladt|förbjud|otillåten|kielletty|zabronion|"
    "zakázán|запрещ|禁止",
    // or else tell us
    "notify the sender|notify us|inform the sender|contact the sender|advise the sender|reply to the sender|"
    "in error|by mistake|delete it|delete this|delete all|destroy all|destroy it|informieren sie|benachrichtigen|"
    "vernichten|löschen sie|par erreur|avertir|détruire|supprimer|por error|elimin|notifíque|per errore|"
    "ricevuto erroneamente|cancellar|distrugg|por engano|por erro|apague|ten onrechte|per abuis|verwijder|"
    "ved en fejl|slette|fejlagtigt|av misstag|radera|erehdyksessä|omyłkowo|usunąć|omylem|smazat|по ошибке|"
    "ошибочно|удалит|уничтож|误|誤",
    // who is not liable
    "liability|not liable|no responsibility|not responsible|does not accept|does not represent|not guarantee|"
    "not necessarily|own views|views expressed|opinions expressed|haftung|responsabilité|responsabilidad|"
    "responsabilità|responsabilidade|aansprakelijk|ansvar|vastuu|odpowiedzialno|odpovědnost|ответственност|责任|責任",
    // viruses, printing, law
    "virus|malware|before printing|avant d'imprimer|antes de imprimir|prima di stampare|bevor sie diese|"
    "gesetz|pursuant to|offer or acceptance|binding and enforceable|evidence of a binding|18 u.s.c|loi |ley orgánica|"
    "d.lgs|gdpr|decreto|u.s. federal tax advice|treasury regulations",
    // whose it is
    "property of|affiliate|subsidiar|review, use|distribution|dissemination|disclosure|copying|weitergabe|"
    "vervielfältigung|diffusion|divulgation|divulgación|diffusione|divulgazione|divulgação|verspreiding|"
    "openbaarmaking|videregivelse|spridning|rozpowszechnian|распространен|копирован",
    // enough alone
    "originated from outside|originated outside|external email: |[external]|please consider the environment before|"
    "think before you print|bitte denken sie an die umwelt|bitte prüfen sie, ob diese mail wirklich|"
    "pensez à l'environnement avant|antes de imprimir este|prima di stampare|piense en el medio ambiente|"
    "denk aan het milieu|irs circular 230",
};

// Folded beginnings of a heading above a disclaimer.
constexpr std::array<std::string_view, 8> kHeadings = {
    "confidentiality",    "disclaimer",    "legal notice", "important notice",
    "haftungsausschluss", "avertissement", "aviso legal",  "notice",
};

constexpr uint32_t kThisMessage = 1;
constexpr uint32_t kSure = 1 << 8;

const StemTable& signs() {
  static const StemTable table(kSigns);
  return table;
}

class DisclaimerLabeller {
 public:
  DisclaimerLabeller(std::string_view text, const std::vector<std::string>& openings, Lines& lines)
      : text_(text), openings_(openings), lines_(lines) {}

  void run() {
    bool before = false;  // the paragraph before was a disclaimer
    for (size_t at = 0; at < lines_.size();) {
      if (!is_content(at)) {
        if (lines_[at].fate != Fate::kAuthored) before = false;
        ++at;
        continue;
      }
      Paragraph paragraph{at, at};
      while (paragraph.last + 1 < lines_.size() && is_content(paragraph.last + 1)) ++paragraph.last;
      if (opens_own(paragraph)) return label_rest(paragraph.first);
      before = is_disclaimer(paragraph, before);
      if (before) label(without_preface(paragraph));
      at = paragraph.last + 1;
    }
  }

 private:
  [[nodiscard]] bool is_content(size_t at) const {
    return lines_[at].fate == Fate::kAuthored && !lines_[at].blank() && lines_[at].kind != LineKind::kRule;
  }

  [[nodiscard]] std::string_view view(Paragraph paragraph) const {
    const size_t begin = lines_[paragraph.first].content;
    return text_.substr(begin, std::min<size_t>(lines_[paragraph.last].end - begin, kParagraphBytesMax));
  }

  [[nodiscard]] bool opens_own(Paragraph paragraph) const {
    if (openings_.empty()) return false;
    const std::string phrase = folded(view(paragraph), 400);
    return std::any_of(openings_.begin(), openings_.end(),
                       [&](const std::string& opening) { return phrase.starts_with(opening); });
  }

  // One more sign is asked of a paragraph that does not follow a disclaimer.
  [[nodiscard]] bool is_disclaimer(Paragraph paragraph, bool follows) const {
    const std::string_view whole = view(paragraph);
    if (whole.size() < kParagraphBytesMin) return false;
    const uint32_t found = signs().find(whole).groups;
    if ((found & kSure) != 0) return whole.size() <= 600;
    // Short of a hundred words, three of eight signs are far from prose; a long text says such things by the way.
    const size_t needed = whole.size() > 3000 ? 5 : 3;
    const size_t count = std::popcount(found);
    return count >= needed ? (found & kThisMessage) != 0 || count > needed : follows && count >= 2;
  }

  // Without the lines above the first that has a sign: the author's, where no blank line parts them from the notice.
  [[nodiscard]] Paragraph without_preface(Paragraph paragraph) const {
    for (size_t i = paragraph.first; i <= paragraph.last; ++i) {
      if (signs().find(lines_[i].text(text_)).groups != 0) return {i, paragraph.last};
    }
    return paragraph;
  }

  void label(Paragraph paragraph) {
    for (size_t i = paragraph.first; i <= paragraph.last; ++i) lines_[i].fate = Fate::kDisclaimer;
    label_frame(paragraph.first, -1);
    label_frame(paragraph.last, +1);
  }

  // Rules, and on the way up a heading ("CONFIDENTIALITY NOTICE"), beside a disclaimer.
  void label_frame(size_t edge, int step) {
    size_t at = edge;
    for (int gap = 0; gap < 3; ++gap) {
      if (step < 0 ? at == 0 : at + 1 >= lines_.size()) return;
      at += step;
      const bool rule = lines_[at].kind == LineKind::kRule || (step < 0 && lines_[at].kind == LineKind::kDelimiter);
      if (lines_[at].fate != Fate::kAuthored) return;
      if (lines_[at].blank()) continue;
      if (!rule && !(step < 0 && is_heading(at))) return;
      for (size_t i = at; i != edge; i -= step) lines_[i].fate = Fate::kDisclaimer;
      edge = at;
    }
  }

  [[nodiscard]] bool is_heading(size_t at) const {
    const std::string_view content = lines_[at].text(text_);
    return content.size() <= kHeadingBytesMax && starts_with_any(folded(without(content, "*_ ")), kHeadings);
  }

  void label_rest(size_t first) {
    for (size_t i = first; i < lines_.size(); ++i) {
      if (lines_[i].fate == Fate::kAuthored) lines_[i].fate = Fate::kDisclaimer;
    }
  }

  std::string_view text_;
  const std::vector<std::string>& openings_;
  Lines& lines_;
};

}  // namespace

void label_disclaimers(std::string_view text, const std::vector<std::string>& openings, Lines& lines) {
  DisclaimerLabeller(text, openings, lines).run();
}

}  // namespace custos::stage::clean
