#include "stage/redact/national/recognizers.h"

namespace custos::stage {
namespace {

using Words = std::vector<std::string>;

void add_us_health(std::vector<Recognizer>& list) {
  const Words medicare = {"mbi", "medicare", "medicaid", "beneficiary", "hicn"};
  const std::string head = "[0-9][AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y][0-9]";
  const std::string middle = "[AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y][0-9]";
  const std::string tail = "[AC-HJKMNP-RT-Y]{2}[0-9]{2}";
  list.push_back({.type = "US_MBI",
                  .pattern = head + "-" + middle + "-" + tail,
                  .score = kRareShape,
                  .context = medicare,
                  .ignore_case = true});
  list.push_back({.type = "US_MBI",
                  .pattern = head + middle + tail,
                  .score = kUncommonShape,
                  .context = medicare,
                  .ignore_case = true});
  list.push_back({.type = "US_NPI",
                  .pattern = R"([12]\d{3}[ -]?\d{3}[ -]?\d{3})",
                  .score = kCommonShape,
                  .context = {"npi", "national provider", "provider identifier"},
                  .validator = "us_npi"});
  list.push_back({.type = "MEDICAL_LICENSE",
                  .pattern = R"([ABCDEFGHJKLMPRSTUX][A-Z9]\d{7})",
                  .score = kUncommonShape,
                  .context = {"dea", "medical license", "medical licence", "prescriber", "controlled substance"},
                  .validator = "us_dea",
                  .ignore_case = true});
}

void add_canadian_and_latin(std::vector<Recognizer>& list) {
  list.push_back({.type = "CA_SIN",
                  .pattern = R"([1-79]\d{8}|[1-79]\d{2} \d{3} \d{3}|[1-79]\d{2}-\d{3}-\d{3})",
                  .score = kCommonShape,
                  .context = {"sin number", "sin:", "sin#", "sin is", "my sin", "social insurance", "assurance sociale",
                              "numéro nas"},
                  .validator = "ca_sin"});
  list.push_back({.type = "BR_CPF",
                  .pattern = R"(\d{3}\.\d{3}\.\d{3}-\d{2}|\d{9}-?\d{2})",
                  .score = kUncommonShape,
                  .context = {"cpf"},
                  .validator = "br_cpf"});
  list.push_back({.type = "BR_CNPJ",
                  .pattern = R"(\d{2}\.\d{3}\.\d{3}/\d{4}-\d{2}|\d{14})",
                  .score = kUncommonShape,
                  .context = {"cnpj"},
                  .validator = "br_cnpj"});
  list.push_back({.type = "MX_CURP",
                  .pattern = R"([A-Z]{4}\d{6}[HMX][A-Z]{5}[0-9A-Z]\d)",
                  .score = kRareShape,
                  .context = {"curp"},
                  .validator = "mx_curp",
                  .ignore_case = true});
}

void add_african(std::vector<Recognizer>& list) {
  list.push_back({.type = "ZA_ID_NUMBER",
                  .pattern = R"(\d{6} ?\d{4} ?[0-2][89]\d)",
                  .score = kUncommonShape,
                  .context = {"rsa id", "south african id", "identity number", "id number"},
                  .validator = "za_identity"});
}

}  // namespace

void add_american_recognizers(std::vector<Recognizer>& list) {
  add_us_health(list);
  add_canadian_and_latin(list);
  add_african(list);
}

}  // namespace custos::stage
