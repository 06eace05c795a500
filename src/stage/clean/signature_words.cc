#include "stage/clean/signature_words.h"

#include <algorithm>

#include "stage/clean/ending.h"
#include "stage/clean/fold.h"
#include "stage/clean/stem_table.h"

namespace custos::stage::clean {
namespace {

constexpr size_t kClosingBytesMax = 60;
constexpr size_t kContactBytesMax = 120;  // of a line, that are looked at
constexpr size_t kExtraBytesMax = 22;     // behind a formula: "Best regards from Rome"
constexpr size_t kDeviceBytesMax = 110;
constexpr size_t kDeviceWordsMax = 9;

constexpr std::string_view kFormal =
    "regards|best regards|kind regards|warm regards|warmest regards|best wishes|with best wishes|"
    "with kind regards|with best regards|kindest regards|many regards|rgds|brgds|best rgds|br|kr|best|"
    "all the best|sincerely|yours sincerely|sincerely yours|yours truly|yours faithfully|yours|respectfully|"
    "cordially|very truly yours|cheers|take care|love|xoxo|mit freundlichen grüßen|mit freundlichen grüssen|"
    "mit freundlichen gruessen|mit freundlichem gruß|freundliche grüße|freundliche grüsse|beste grüße|"
    "beste grüsse|viele grüße|viele grüsse|liebe grüße|liebe grüsse|herzliche grüße|schöne grüße|"
    "mit besten grüßen|grüße|gruß|gruss|mfg|lg|vg|hochachtungsvoll|mit herzlichen grüßen|cordialement|"
    "bien cordialement|très cordialement|bien à vous|bien à toi|sincères salutations|meilleures salutations|"
    "salutations|amicalement|cdlt|bonne journée|à bientôt|un saludo|saludos|saludos cordiales|"
    "un cordial saludo|cordialmente|atentamente|atte|un abrazo|reciba un cordial saludo|muchos saludos|"
    "cordiali saluti|distinti saluti|saluti|un saluto|un caro saluto|cordialità|a presto|tanti saluti|"
    "buona giornata|atenciosamente|cumprimentos|melhores cumprimentos|com os melhores cumprimentos|abraços|"
    "um abraço|att|saudações|cordiais saudações|met vriendelijke groet|met vriendelijke groeten|"
    "vriendelijke groet|vriendelijke groeten|groeten|groet|groetjes|mvg|hartelijke groet|hartelijke groeten|"
    "met hartelijke groet|hoogachtend|med venlig hilsen|venlig hilsen|de bedste hilsner|bedste hilsner|"
    "mange hilsner|hilsen|mvh|med vennlig hilsen|vennlig hilsen|beste hilsen|kærlig hilsen|vh|"
    "med vänlig hälsning|med vänliga hälsningar|vänliga hälsningar|vänlig hälsning|hälsningar|"
    "bästa hälsningar|ystävällisin terveisin|terveisin|parhain terveisin|z poważaniem|pozdrawiam|"
    "z wyrazami szacunku|pozdrowienia|s pozdravem|s úctou|zdraví|zdravím|с уважением|"
    "с наилучшими пожеланиями|всего доброго|всего хорошего|"
    "с приветом|искренне ваш|з повагою|üdvözlettel|tisztelettel|saygılarımla|"
    "iyi çalışmalar|此致|敬上|よろしくお願いします";
constexpr std::string_view kThanks =
    "thanks|thank you|many thanks|thanks again|thanks in advance|thx|tia|thanks a lot|thanks so much|"
    "thank you very much|thanks and regards|thanks & regards|with thanks|danke|vielen dank|besten dank|"
    "herzlichen dank|danke und gruß|danke im voraus|vielen dank im voraus|merci|merci d'avance|merci beaucoup|"
    "gracias|muchas gracias|gracias de antemano|grazie|grazie mille|molte grazie|obrigado|obrigada|muito obrigado|"
    "muito obrigada|dank|bedankt|alvast bedankt|dank u|dank je wel|tak|mange tak|på forhånd tak|takk|tack|"
    "tack på förhand|kiitos|dziękuję|děkuji|спасибо|заранее спасибо|благодарю|"
    "дякую";

// Folded; "…" of a device or program follows or stands before.
constexpr std::string_view kDeviceOpenings =
    "sent from my |sent from a |sent via |sent with |sent using |get outlook for |sent from |sent wirelessly |"
    "sent by |typed on my |composed on my |von meinem |gesendet von |gesendet mit |gesendet über |"
    "diese nachricht wurde von meinem |diese nachricht wurde mit |outlook für |envoyé de mon |envoyé depuis |"
    "envoyé avec |envoyé à partir |envoyé par |télécharger outlook |obtenez outlook |enviado desde |"
    "enviado con |enviado mediante |obtener outlook |inviato da |inviato dal |inviato con |ottieni outlook |"
    "scarica outlook |enviado do |enviado da |enviado a partir |enviado via |obter o outlook |obtenha o outlook |"
    "verzonden vanaf |verstuurd vanaf |verzonden met |verstuurd met |outlook voor |download outlook |sendt fra |"
    "sendt med |hent outlook |skickat från |skickades från |hämta outlook |lähetetty |wysłane z |wysłano z |"
    "pobierz |odesláno z |odesláno ze |отправлено с |отправлено из |"
    "отправлено со |надіслано з |发自我的|从我的|發自我的";
constexpr std::string_view kDeviceEndings = " gesendet|から送信|에서 보냄|gönderildi|küldve";
constexpr std::string_view kDevices =
    "iphone|ipad|android|blackberry|samsung|galaxy|nokia|huawei|xiaomi|smartphone|handy|mobile|mobiltelefon|"
    "mobilgerät|phone|outlook|yahoo|gmail|gmx|web.de|treo|palm|windows mail|mailbox|proton|spark|nine|mail.ru|"
    "яндекс|айфон|телефон|tablet|wireless|handheld|telefoon|móvil|cellulare|telemóvel|celular|"
    "portable|thunderbird|mail for windows|k-9|sparrow|airmail|superhuman|phablet|pixel|motorola|sony|lg |htc|"
    "oneplus";

constexpr std::string_view kContactWords =
    "tel|phone|fax|mobile|cell|pager|ext|office|direct|voice|e-mail|email|tél|téléphone|telefon|telefono|"
    "teléfono|telefone|telefoon|mobil|handy|móvil|cellulare|portable|тел|телефон|факс|моб|"
    "telefax|director|manager|president|vice president|engineer|attorney|assistant|analyst|counsel|department|"
    "professor|consultant|coordinator|ceo|cfo|cto|geschäftsführer|leiter|abteilung|directeur|responsable|"
    "gerente|direttore|directora|diretor|hoofd|direktør|chef|директор|менеджер|inc|ltd|llc|llp|"
    "gmbh|ag|corp|corporation|s.a|s.p.a|s.r.l|b.v|a/s|ооо|company|university|street|suite|avenue|straße|"
    "po box|p.o. box|rue|calle|via|rua";

std::string_view closing_phrase(std::string_view content) { return without(content, " ,.!-*_\t"); }

constexpr uint32_t kFormalBit = 1;

const StemTable& closings() {
  static constexpr std::string_view kGroups[] = {kFormal, kThanks};
  static const StemTable table(kGroups);
  return table;
}

const StemTable& device_openings() {
  static constexpr std::string_view kGroups[] = {kDeviceOpenings};
  static const StemTable table(kGroups);
  return table;
}

const StemTable& contact_words() {
  static constexpr std::string_view kGroups[] = {kContactWords};
  static const StemTable table(kGroups);
  return table;
}

// What may follow a formula on its line: "and thanks", "from Rome".
bool is_addition(std::string_view rest) {
  static constexpr std::string_view kJoins[] = {" and ", " & ", " from ", " aus ", " und ", ", ", " et ", " y ", " e "};
  return rest.size() <= kExtraBytesMax && starts_with_any(rest, kJoins);
}

// What stands behind the first `end` bytes, with the blank before it.
std::string folded_rest(std::string_view phrase, size_t end) {
  return (skip_blanks(phrase, end) > end ? " " : "") + folded(phrase.substr(end));
}

// Bits of the kinds of closing formula that `phrase` is; 0 where it is none.
uint32_t closing_bits(std::string_view phrase) {
  const StemTable::Found found = closings().prefixes(phrase);
  if (found.end == 0) return 0;
  const std::string rest = folded_rest(phrase, found.end);
  return rest.empty() || (found.end >= 5 && is_addition(rest)) ? found.groups : 0;
}

bool has_telephone(std::string_view content) {
  size_t digits = 0;
  size_t others = 0;
  for (const char c : content) {
    if (is_digit(c)) ++digits;
    if (is_letter(c)) ++others;
  }
  return digits >= 7 && digits <= 34 && others <= digits + 12;
}

}  // namespace

bool is_formal_closing(std::string_view content) {
  return content.size() <= kClosingBytesMax && (closing_bits(closing_phrase(content)) & kFormalBit) != 0;
}

bool is_closing(std::string_view content) {
  if (content.size() > kClosingBytesMax || content.ends_with('?') || content.ends_with(':')) return false;
  return closing_bits(closing_phrase(content)) != 0;
}

std::string_view after_closing(std::string_view content) {
  if (content.size() > kClosingBytesMax) return {};
  const size_t end = closings().prefixes(content).end;
  if (end == 0 || (end < content.size() && is_letter(content[end]))) return {};
  if (folded(content).size() != content.size()) return {};  // runs of blanks: more likely a table's row
  return without(content.substr(end), " ,.!-");
}

bool is_contact_line(std::string_view content) {
  if (has_address(content) || content.find("www.") != std::string_view::npos) return true;
  if (content.find("://") != std::string_view::npos || has_telephone(content)) return true;
  return contact_words().find_words(content.substr(0, kContactBytesMax)).groups != 0;
}

bool is_device_note(std::string_view content) {
  content = without(content, "*_<>[]() ");
  if (content.size() > kDeviceBytesMax || content.empty()) return false;
  const std::string phrase = folded(content);
  const bool ends =
      any_of_words(kDeviceEndings, [&](std::string_view ending) { return without(phrase, ".!").ends_with(ending); });
  const bool begins = device_openings().prefixes(phrase).groups != 0;
  if (!begins && !ends) return false;
  const bool device =
      any_of_words(kDevices, [&](std::string_view word) { return phrase.find(word) != std::string::npos; });
  const size_t words = count_words(phrase);
  const bool excuse = phrase.find("excuse") != std::string::npos || phrase.find("sorry") != std::string::npos ||
                      phrase.find("typos") != std::string::npos;
  if (device && (excuse || (words <= kDeviceWordsMax && phrase.find(", ") == std::string::npos))) return true;
  return phrase.starts_with("sent from ") && words <= 8 && phrase.find_first_of(",.:;?!") == std::string::npos;
}

}  // namespace custos::stage::clean
