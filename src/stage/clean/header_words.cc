#include "stage/clean/header_words.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <string>

#include "stage/clean/fold.h"
#include "stage/clean/stem_table.h"

namespace custos::stage::clean {
namespace {

constexpr size_t kLabelBytesMax = 40;
constexpr std::string_view kWideColon = "\xEF\xBC\x9A";

// English, German, French, Spanish, Italian, Portuguese, Dutch, Danish and Norwegian, Swedish, Finnish, Polish, Czech,
// Russian and Ukrainian, Hungarian, Turkish, Chinese, Japanese, Korean. Folded; in the order of HeaderField.
constexpr std::array<std::string_view, 6> kLabels = {
    // kFrom
    "from|von|absender|de|expéditeur|remitente|da|mittente|remetente|van|afzender|fra|från|lähettäjä|od|"
    "odesílatel|от|от кого|отправитель|від|feladó|kimden|发件人|寄件者|寄件人|差出人|보낸 사람",
    // kDate
    "sent|date|gesendet|gesendet am|datum|envoyé|envoyé le|date d'envoi|enviado|enviado el|enviado em|"
    "enviada em|enviada|fecha|inviato|inviato il|data|verzonden|verzonden op|sendt|dato|skickat|lähetetty|"
    "päivämäärä|päiväys|wysłano|wysłane|odesláno|отправлено|дата|дата отправки|надіслано|elküldve|dátum|"
    "gönderilme tarihi|gönderildi|tarih|发送时间|日期|寄件日期|時間|时间|送信日時|送信日|日付|日時|보낸 날짜|날짜",
    // kTo
    "to|an|à|destinataire|pour|a|para|destinatario|aan|til|till|vastaanottaja|do|komu|кому|címzett|kime|"
    "收件人|收件者|宛先|받는 사람",
    // kCc
    "cc|bcc|kopie|kopie an|copie|copie à|cci|con copia|cco|ccn|com cópia|kopi|kopia|kopio|dw|do wiadomości|"
    "копия|копія|másolatot kap|bilgi|抄送|副本|참조",
    // kSubject
    "subject|betreff|objet|sujet|asunto|oggetto|assunto|onderwerp|emne|ämne|aihe|temat|předmět|тема|tárgy|"
    "konu|主题|主題|主旨|件名|제목",
    // kOther
    "reply-to|antwort an|répondre à|responder a|rispondi a|importance|wichtigkeit|priority|priorität|"
    "attachments|attachment|anlagen|pièces jointes|datos adjuntos|allegati|anexos|bijlagen|message-id|"
    "organization|organisation|newsgroups|sensitivity|categories|conversation|thread-topic|send reply to|"
    "x-mailer|mime-version|content-type|delivered-to|return-path|received|references|in-reply-to|cc list",
};

// Folded, as they stand between the dashes or at the start of the line.
constexpr std::array<std::string_view, 4> kSeparators = {
    // kOriginal
    "original message|original e-mail|original mail|original appointment|reply message|ursprüngliche nachricht|"
    "ursprungliche nachricht|urspruengliche nachricht|ursprünglicher termin|originalnachricht|"
    "original-nachricht|originalmail|message d'origine|message original|message initial|rendez-vous d'origine|"
    "mensaje original|messaggio originale|mensagem original|oorspronkelijk bericht|oorspronkelijke bericht|"
    "origineel bericht|oprindelig meddelelse|original meddelelse|oprindelig besked|original besked|"
    "opprinnelig melding|ursprungligt meddelande|originalmeddelande|alkuperäinen viesti|wiadomość oryginalna|"
    "oryginalna wiadomość|původní zpráva|původní e-mail|исходное сообщение|оригинальное сообщение|"
    "первоначальное сообщение|вихідне повідомлення|eredeti üzenet|özgün ileti|orijinal mesaj|原始邮件|原始郵件|原邮件|"
    "邮件原件|元のメッセージ|원본 메시지",
    // kForwarded
    "forwarded by|forwarded message|forwarded from|forward message|forwarded mail|forwarded letter|"
    "begin forwarded message|start of forwarded message|inline attachment follows|weitergeleitet von|"
    "weitergeleitete nachricht|weitergeleitete mail|anfang der weitergeleiteten|message transféré|"
    "message transmis|transféré par|réexpédié par|début du message|début du message réexpédié|"
    "mensaje reenviado|reenviado por|inicio del mensaje reenviado|comienzo del mensaje reenviado|"
    "messaggio inoltrato|inoltrato da|inizio messaggio inoltrato|mensagem encaminhada|mensagem reencaminhada|"
    "encaminhado por|início da mensagem|início da mensagem encaminhada|doorgestuurd bericht|doorgestuurd door|"
    "begin doorgestuurd bericht|videresendt meddelelse|videresendt besked|videresendt af|videresendt melding|"
    "videresendt av|start på videresendt besked|begynnelsen på videresendt melding|vidarebefordrat meddelande|"
    "vidarebefordrat av|vidarebefordrat brev|välitetty viesti|välittänyt|przekazana wiadomość|"
    "wiadomość przekazana|přeposlaná zpráva|přeposlal|пересылаемое сообщение|пересланное сообщение|переслано|"
    "начало переадресованного сообщения|начало пересылаемого сообщения|переслане повідомлення|"
    "továbbított üzenet|iletilen ileti|yönlendirilmiş|转发的邮件|转发邮件|已转发邮件|轉寄的郵件|転送メッセージ|전달된 "
    "메시지",
    // kForwardEnd
    "end forwarded message|end of forwarded message|end of forwarded letter|end forwarded|"
    "ende der weitergeleiteten|fin du message transféré|fin del mensaje reenviado|fine messaggio inoltrato|"
    "fim da mensagem|einde doorgestuurd bericht|slut på videresendt|конец переадресованного сообщения|"
    "конец пересылаемого сообщения",
    // kReplyAbove
    "please type your reply above this line|type your reply above this line|reply above this line|"
    "please reply above this line|write your reply above this line|do not write below this line|"
    "bitte antworten sie über dieser zeile|répondez au-dessus de cette ligne|"
    "escriba su respuesta por encima de esta línea|scrivi la tua risposta sopra questa riga",
};
constexpr uint32_t kOriginalBit = 1, kForwardedBit = 2, kForwardEndBit = 4, kReplyAboveBit = 8;

const StemTable& separators() {
  static const StemTable table(kSeparators);
  return table;
}

const StemTable& labels() {
  static const StemTable table(kLabels);
  return table;
}

std::string_view without_emphasis(std::string_view content) {
  while (!content.empty() && (content[0] == '*' || content[0] == '_')) content.remove_prefix(1);
  return content;
}

// Offset of the colon that ends a label, or npos.
size_t label_end(std::string_view content) {
  const std::string_view head = content.substr(0, kLabelBytesMax);
  const size_t wide = head.find(kWideColon[0]) == std::string_view::npos ? head.npos : head.find(kWideColon);
  return std::min(head.find(':'), wide);
}

constexpr std::string_view kRuleBytes = "-_=*#~> \t";

}  // namespace

HeaderField header_field(std::string_view content) {
  const std::string_view plain = without_emphasis(content);
  if (plain.empty() || plain[0] == ' ') return HeaderField::kNone;
  const size_t colon = label_end(plain);
  if (colon == std::string_view::npos) return HeaderField::kNone;
  const uint32_t fields = labels().exactly(without(trimmed(plain.substr(0, colon)), "*_ "));
  return fields == 0 ? HeaderField::kNone : static_cast<HeaderField>(1 + std::countr_zero(fields));
}

std::string_view header_value(std::string_view content) {
  const std::string_view plain = without_emphasis(content);
  const size_t colon = label_end(plain);
  assert(colon != std::string_view::npos);
  const size_t bytes = plain[colon] == ':' ? 1 : kWideColon.size();
  return trimmed(without(trimmed(plain.substr(colon + bytes)), "*"));
}

LineKind separator_kind(std::string_view content) {
  if (content.empty() || content.size() > 300) return LineKind::kText;
  if (content[0] == '[') {  // Outlook may mark who wrote the line: "[Ada Lovelace]  -----Original Message-----"
    const size_t name_end = content.find(']');
    return name_end == std::string_view::npos ? LineKind::kText : separator_kind(trimmed(content.substr(name_end + 1)));
  }
  const std::string_view middle = without(content, kRuleBytes);
  const bool dashed = content.size() >= 2 && middle.data() - content.data() >= 2;
  const std::string phrase = folded(middle);
  const bool colon = phrase.ends_with(':') || phrase.ends_with("\xEF\xBC\x9A");
  if (!dashed && !colon) return LineKind::kText;
  const uint32_t found = separators().prefixes(phrase).groups;
  if ((found & kForwardEndBit) != 0) return dashed ? LineKind::kForwardEnd : LineKind::kText;
  if ((found & kReplyAboveBit) != 0) return dashed ? LineKind::kReplyAbove : LineKind::kText;
  if ((found & kForwardedBit) != 0) return dashed || phrase.size() <= 60 ? LineKind::kForwarded : LineKind::kText;
  const bool closed = content.ends_with("--") || content.ends_with("==") || content.ends_with("__") || colon;
  if (dashed && closed && (found & kOriginalBit) != 0) return LineKind::kOriginal;
  return LineKind::kText;
}

}  // namespace custos::stage::clean
