// Telephones and network addresses. E-mail addresses are found by email.h, since they grow outwards from the '@'.
#include "stage/redact/kinds/general.h"

namespace custos::stage {
namespace {

std::vector<std::string> phone_words() {
  return {"phone",     "telephone",     "tel",         "call",      "called",    "cell",     "cellphone", "mobile",
          "fax",       "pager",         "dial",        "ring",      "reach",     "text me",  "sms",       "whatsapp",
          "hotline",   "voicemail",     "extension",   "landline",  "telefon",   "telefax",  "handy",     "mobil",
          "rufnummer", "durchwahl",     "anrufen",     "téléphone", "appeler",   "appelez",  "portable",  "teléfono",
          "telefono",  "móvil",         "celular",     "llamar",    "cellulare", "telefone", "telemóvel", "telefoon",
          "mobiel",    "telefonnummer", "телефон",     "тел",       "звоните",   "факс",     "电话",      "手机",
          "電話",      "전화",          "phone number"};
}

std::vector<Recognizer> phone_recognizers() {
  const std::vector<std::string> words = phone_words();
  const std::string extension = R"((?:(?: ?x|,? ?ext\.? ?|,? ?extension ?)\d{1,6})?)";
  return {
      {.type = "PHONE",
       .pattern = R"((?:^|[^0-9.,/$-])((?:\+?\d{1,3}[-. ]?)?(?:\(\d{3}\) ?|\d{3}[-./ ])\d{3}[-. ]\d{4})" + extension +
                  R"()(?:$|[^0-9-]|-(?:$|[^0-9])))",
       .score = 0.5F,
       .context = words,
       .validator = "phone_us",
       .ignore_case = true,
       .word_edges = false},
      {.type = "PHONE",
       .pattern = R"((?:^|[^0-9A-Za-z+])((?:\+|00)[1-9][0-9() ./-]{5,22}\d)" + extension + R"()(?:$|[^0-9]))",
       .score = 0.5F,
       .context = words,
       .validator = "phone_international",
       .ignore_case = true,
       .word_edges = false},
      {.type = "PHONE",
       .pattern = R"(\(?0\d[0-9() ./-]{4,16}\d)",
       .score = 0.2F,
       .context = words,
       .validator = "phone_national"},
      {.type = "PHONE",
       .pattern = R"((?:\(\d{1,5}\) ?)?\d{2,5}(?:[-. ]\d{2,5}){1,4})",
       .score = 0.1F,
       .context = words,
       .validator = "phone_national"},
      {.type = "PHONE", .pattern = R"(\d{7,13})", .score = 0.05F, .context = words, .validator = "phone_national"},
  };
}

std::vector<Recognizer> address_recognizers() {
  const std::vector<std::string> words = {"ip", "ipv4", "ipv6", "address", "host", "server", "dns", "ping", "gateway"};
  return {
      {.type = "IP",
       .pattern = R"((?:^|[^0-9A-Za-z.])(\d{1,3}(?:\.\d{1,3}){3})(?:$|[^0-9A-Za-z.]|\.(?:$|[^0-9])))",
       .score = 0.6F,
       .context = words,
       .validator = "ipv4",
       .word_edges = false},
      {.type = "IP",
       .pattern = R"((?:^|[^0-9A-Za-z:.])([0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?::?\d{1,3}(?:\.\d{1,3}){3})?)"
                  R"((?:%[0-9A-Za-z]{1,15})?)(?:$|[^0-9A-Za-z:]))",
       .score = 0.6F,
       .context = words,
       .validator = "ipv6",
       .word_edges = false},
      {.type = "MAC_ADDRESS",
       .pattern = "[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}|[0-9A-Fa-f]{4}(?:\\.[0-9A-Fa-f]{4}){2}",
       .score = 0.6F,
       .context = {"mac", "hardware", "ethernet", "bssid"},
       .validator = "mac"},
      {.type = "URL",
       .pattern =
           R"((?:https?|ftps?|sftp|ssh|git|svn|smb|postgres(?:ql)?|mysql|mongodb(?:\+srv)?|rediss?|amqps?|ldaps?|)"
           R"(imaps?|smtps?)://[^\s/?#@:"'<>]*:[^\s/?#@"'<>]+@[^\s"'<>@]+)",
       .score = 1.0F,
       .ignore_case = true},
  };
}

}  // namespace

std::vector<Recognizer> contact_recognizers() {
  std::vector<Recognizer> out = phone_recognizers();
  for (Recognizer& recognizer : address_recognizers()) out.push_back(std::move(recognizer));
  return out;
}

}  // namespace custos::stage
