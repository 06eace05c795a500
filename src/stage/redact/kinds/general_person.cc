// What only Profile::kFull masks: dates of birth behind a cue, and names that a salutation or a title announces.
#include "stage/redact/kinds/general.h"

namespace custos::stage {
namespace {

constexpr const char* kBirthCue =
    "(?:date of birth|birth ?date|birthday|d\\.?o\\.?b\\.?|born(?: on)?|geburtsdatum|geboren(?: am)?|n(?:é|É)e? le|"
    "date de naissance|fecha de nacimiento|nacid[oa] el|data di nascita|nat[oa] il|data de nascimento|nascid[oa] em|"
    "geboortedatum|geboren op|f(?:ø|Ø)dselsdato|f(?:ö|Ö)dd|(?:д|Д)ата рождения|(?:р|Р)одил(?:ся|ась))";
constexpr const char* kNumericDate = R"(\d{1,2}[-./ ]\d{1,2}[-./ ](?:\d{4}|\d{2})|\d{4}[-./]\d{1,2}[-./]\d{1,2})";
constexpr const char* kWordyDate = R"(\d{1,2}(?:st|nd|rd|th|\.)?(?: de)? [a-z\x80-\xff]{3,24}\.?,?(?: de)? \d{4}|)"
                                   R"([a-z]{3,9}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4})";

constexpr const char* kName = R"([A-Z][a-z'-]+(?: (?:[A-Z]\.|[A-Z][a-z'-]+)){0,2})";

}  // namespace

std::vector<Recognizer> person_recognizers() {
  const std::string birth = as_bytes(kBirthCue) + R"([\s:=(-]{1,6}(?:is |was |ist |on )?)";
  return {
      {.type = "DATE_OF_BIRTH",
       .pattern = birth + "(" + kNumericDate + "|" + kWordyDate + ")",
       .score = 0.8F,
       .validator = "date",
       .ignore_case = true},
      {.type = "NAME",
       .pattern =
           std::string(R"((?:Dear|Hi|Hello|Liebe|Lieber|Cher|Chère|Caro|Cara|Querido|Querida|Beste)\s()") + kName + ")",
       .score = 0.6F,
       .validator = "salutation_name"},
      {.type = "NAME",
       .pattern =
           std::string(
               R"((?:Mr|Mrs|Ms|Miss|Dr|Prof|Herrn?|Frau|Monsieur|Madame|Mme|Sr|Sra|Señora?|Signora?|Sig)\.?\s()") +
           kName + ")",
       .score = 0.7F,
       .validator = "salutation_name"},
      {.type = "NAME", .pattern = std::string("[Mm]y name is (") + kName + ")", .score = 0.8F},
  };
}

bool is_full_profile_type(std::string_view type) { return type == "DATE_OF_BIRTH" || type == "NAME"; }

}  // namespace custos::stage
