// What mail clients write around a quote's author and date, by language: data, kept apart from the rules.
#pragma once

#include <array>
#include <string_view>

namespace custos::stage::clean {

// Folded words separated by "|". An opener begins the attribution; a verb of the same row is in it.
struct AttributionRow {
  std::string_view language;
  std::string_view openers;
  std::string_view verbs;
  bool spaceless = false;  // the script puts no blanks between words
};

inline constexpr std::array kAttributionRows = {
    AttributionRow{"en", "on |at |in a message dated |in article |in message |in reply to |quoting |--- |---- on ",
                   "wrote|writes|said|wrote the following"},
    AttributionRow{"de", "am |on |zitat von |in der nachricht |um |an ",
                   "schrieb|schrieben|geschrieben|schreibt|schrieb folgendes"},
    AttributionRow{"fr", "le |en date de |dans un message ", "a écrit|a ecrit|écrit|écrivait|avez écrit"},
    AttributionRow{"es", "el |en |con fecha ", "escribió|escribio|ha escrito|escribiste"},
    AttributionRow{"it", "il |in data |alle ", "ha scritto|scritto|scrisse|scriveva"},
    AttributionRow{"pt", "em |no dia |a |na ", "escreveu|escreveste"},
    AttributionRow{"nl", "op |in een bericht ", "schreef|geschreven|schreef het volgende"},
    AttributionRow{"da", "den |på |d. ", "skrev|skriver|skrev følgende"},
    AttributionRow{"sv", "den |på |vid ", "skrev|skrev följande"},
    AttributionRow{"pl", "dnia |w dniu |", "napisał|napisała|napisał(a)|pisze|napisano"},
    AttributionRow{"cs", "dne |", "napsal|napsala|napsal(a)"},
    AttributionRow{"fi", "", "kirjoitti"},
    AttributionRow{"ru", "в |от |", "написал|написала|написал(а)|пишет|писал|писал(а)|писала"},
    AttributionRow{"uk", "в |", "написав|написала|пише"},
    AttributionRow{"hu", "", "írta|ezt írta"},
    AttributionRow{"tr", "", "yazdı|şunları yazdı"},
    AttributionRow{"zh", "在|于|", "写道|寫道|撰写", true},
    AttributionRow{"ja", "", "のメール|書きました|書き込み", true},
    AttributionRow{"ko", "", "작성", true},
};

// Folded first words of a date, beside digits.
inline constexpr std::string_view kWeekdays =
    "mon|tue|wed|thu|fri|sat|sun|monday|tuesday|wednesday|thursday|friday|saturday|sunday|mo|di|mi|do|fr|sa|so|montag|"
    "dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|lun|mar|mer|jeu|ven|sam|dim|lundi|mardi|mercredi|jeudi|"
    "vendredi|samedi|dimanche|mié|jue|vie|sáb|dom|lunes|martes|miércoles|jueves|viernes|gio|sab|seg|ter|qua|qui|sex|"
    "ma|wo|vr|za|zo|man|tir|ons|tor|fre|lør|søn|mån|tis|lör|sön|pn|wt|śr|czw|pt|sob|ndz|po|út|st|čt|pá|so|ne|пн|вт|ср|"
    "чт|пт|сб|вс|понедельник|вторник|среда|четверг|пятница|суббота|воскресенье";

}  // namespace custos::stage::clean
