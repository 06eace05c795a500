#include "stage/redact/national/recognizers.h"

namespace custos::stage {
namespace {

using Words = std::vector<std::string>;

void add_nordic(std::vector<Recognizer>& list) {
  const std::string finnish = R"(\d{6}[-+A-FU-Y]\d{3}[0-9A-FHJ-NPR-Y])";
  const Words hetu = {"hetu", "henkilötunnus", "henkilötunnukseni", "personbeteckning", "personal identity code"};
  list.push_back({.type = "FI_PERSONAL_IDENTITY_CODE",
                  .pattern = finnish,
                  .score = kRareShape,
                  .context = hetu,
                  .validator = "fi_identity",
                  .ignore_case = true});
  // Glued to the word before it: the date and the check character carry it.
  list.push_back({.type = "FI_PERSONAL_IDENTITY_CODE",
                  .pattern = finnish,
                  .score = kCommonShape,
                  .context = hetu,
                  .validator = "fi_identity",
                  .word_edges = false});
  list.push_back({.type = "SE_ORGANISATIONSNUMMER",
                  .pattern = R"(\d{6}-?\d{4})",
                  .score = kUncommonShape,
                  .context = {"organisationsnummer", "orgnummer", "orgnr", "org.nr", "org nr", "företagsnummer"},
                  .validator = "se_organisation"});
  list.push_back({.type = "SE_PERSONNUMMER",
                  .pattern = R"((?:19|20)?\d{6}[-+]?\d{4})",
                  .score = kUncommonShape,
                  .context = {"personnummer", "samordningsnummer", "pnr", "personal identity number"},
                  .validator = "se_person"});
  list.push_back({.type = "NO_FNR",
                  .pattern = R"(\d{6} ?\d{5})",
                  .score = kUncommonShape,
                  .context = {"fødselsnummer", "fodselsnummer", "fnr", "personnummer", "d-nummer"},
                  .validator = "no_person"});
  list.push_back({.type = "DK_CPR",
                  .pattern = R"(\d{6}[- ]?\d{4})",
                  .score = kCommonShape,
                  .context = {"cpr", "cpr-nr", "cpr-nummer", "cpr.nr", "personnummer"},
                  .validator = "dk_person"});
}

void add_british_and_irish(std::vector<Recognizer>& list) {
  list.push_back({.type = "UK_NHS",
                  .pattern = R"(\d{3}[ -]?\d{3}[ -]?\d{4})",
                  .score = kCommonShape,
                  .context = {"nhs", "national health service", "health authority"},
                  .validator = "uk_nhs"});
  list.push_back({.type = "UK_NINO",
                  .pattern = R"([A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D])",
                  .score = kRareShape,
                  .context = {"nino", "national insurance", "ni number"},
                  .validator = "uk_national_insurance",
                  .ignore_case = true});
  list.push_back(
      {.type = "UK_DRIVING_LICENCE",
       .pattern = R"([A-Z9]{5}\d(?:0[1-9]|1[0-2]|5[1-9]|6[0-2])(?:0[1-9]|[12]\d|3[01])\d[A-Z9]{2}[A-Z0-9][A-Z]{2})",
       .score = kRareShape,
       .context = {"dvla", "driving licence", "driver's licence", "licence"},
       .validator = "uk_driver",
       .ignore_case = true});
  list.push_back({.type = "UK_PASSPORT",
                  .pattern = R"([A-Z]{2}\d{7}|\d{9})",
                  .score = kAnyNumber,
                  .context = {"british passport", "uk passport", "hmpo"}});
}

void add_iberian(std::vector<Recognizer>& list) {
  list.push_back({.type = "ES_NIF",
                  .pattern = R"(\d{8}-?[A-Z])",
                  .score = kUncommonShape,
                  .context = {"dni", "nif", "documento nacional de identidad", "identificación"},
                  .validator = "es_citizen",
                  .ignore_case = true});
  list.push_back({.type = "ES_NIE",
                  .pattern = R"([XYZ]-?\d{7,8}-?[A-Z])",
                  .score = kRareShape,
                  .context = {"nie", "número de identificación de extranjero", "extranjero"},
                  .validator = "es_foreigner",
                  .ignore_case = true});
  list.push_back({.type = "ES_PASSPORT",
                  .pattern = R"([A-Z]{3}\d{6})",
                  .score = 0.05F,
                  .context = {"pasaporte", "passport"},
                  .ignore_case = true});
  const Words nif = {"nif", "contribuinte", "identificação fiscal", "portuguese tax"};
  list.push_back({.type = "PT_NIF",
                  .pattern = R"([1235689]\d{8}|[1235689]\d{2} \d{3} \d{3})",
                  .score = kCommonShape,
                  .context = nif,
                  .validator = "pt_tax"});
  list.push_back({.type = "PT_NIF",
                  .pattern = R"(PT ?[1235689]\d{2} ?\d{3} ?\d{3})",
                  .score = kUncommonShape,
                  .context = nif,
                  .validator = "pt_tax"});
}

void add_italian(std::vector<Recognizer>& list) {
  // Where two persons would share a code, letters stand for its last digits, the first digit being the last to go.
  list.push_back({.type = "IT_FISCAL_CODE",
                  .pattern = R"([A-Z]{6}\d[0-9LMNP-V][A-EHLMPR-T][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3}[A-Z])",
                  .score = kRareShape,
                  .context = {"codice fiscale", "cod. fisc", "c.f"},
                  .validator = "it_fiscal_code",
                  .ignore_case = true});
  list.push_back({.type = "IT_VAT_CODE",
                  .pattern = R"(\d{11})",
                  .score = kUncommonShape,
                  .context = {"piva", "p.iva", "partita iva", "partita"},
                  .validator = "it_vat"});
  list.push_back({.type = "IT_DRIVER_LICENSE",
                  .pattern = R"([A-Z]{2}\d{7}[A-Z]|U1[B-HJ-NPR-Z0-9]{7}[A-Z])",
                  .score = 0.2F,
                  .context = {"patente", "patente di guida", "licenza di guida"},
                  .ignore_case = true});
  list.push_back({.type = "IT_PASSPORT",
                  .pattern = R"([A-Z]{2}\d{7})",
                  .score = kAnyNumber,
                  .context = {"passaporto"},
                  .ignore_case = true});
  list.push_back({.type = "IT_IDENTITY_CARD",
                  .pattern = R"([A-Z]{2} ?\d{7}|\d{7}[A-Z]{2}|[A-Z]{2}\d{5}[A-Z]{2})",
                  .score = kAnyNumber,
                  .context = {"carta d'identità", "carta d'identita", "carta di identità", "identità"},
                  .ignore_case = true});
}

void add_central(std::vector<Recognizer>& list) {
  const Words nir = {"sécurité sociale", "securite sociale", "numéro de sécu", "nir", "insee"};
  // Bare, only those of men (1) and women (2): with 3 in front, a foreigner's, it would be the shape of a payment card.
  list.push_back({.type = "FR_NIR",
                  .pattern = R"([12]\d{2}(?:0[1-9]|1[0-2]|[2-9]\d)\d[0-9AB]\d{8})",
                  .score = kUncommonShape,
                  .context = nir,
                  .validator = "fr_nir"});
  list.push_back({.type = "FR_NIR",
                  .pattern = R"([1-478] \d{2} ?(?:0[1-9]|1[0-2]|[2-9]\d) ?\d[0-9AB] ?\d{3} ?\d{3} ?\d{2})",
                  .score = kRareShape,
                  .context = nir,
                  .validator = "fr_nir"});
  list.push_back({.type = "NL_BSN",
                  .pattern = R"(\d{9}|\d{4}\.\d{2}\.\d{3})",
                  .score = kCommonShape,
                  .context = {"bsn", "burgerservicenummer", "sofinummer", "sofi-nummer"},
                  .validator = "nl_bsn"});
  list.push_back(
      {.type = "BE_NATIONAL_NUMBER",
       .pattern = R"(\d{2}\.?\d{2}\.?\d{2}[- ]?\d{3}[. ]?\d{2})",
       .score = kUncommonShape,
       .context = {"rijksregisternummer", "rijksregister", "insz", "numéro national", "registre national", "niss"},
       .validator = "be_register"});
  list.push_back({.type = "CH_AHV",
                  .pattern = R"(756[. ]?\d{4}[. ]?\d{4}[. ]?\d{2})",
                  .score = kRareShape,
                  .context = {"ahv", "ahv-nummer", "avs", "sozialversicherungsnummer"},
                  .validator = "ch_ahv"});
  list.push_back({.type = "AT_SVNR",
                  .pattern = R"([1-9]\d{3} ?\d{6})",
                  .score = kUncommonShape,
                  .context = {"svnr", "sozialversicherungsnummer", "versicherungsnummer", "sv-nummer"},
                  .validator = "at_insurance"});
}

void add_eastern(std::vector<Recognizer>& list) {
  list.push_back({.type = "PL_PESEL",
                  .pattern = R"(\d{11})",
                  .score = kUncommonShape,
                  .context = {"pesel"},
                  .validator = "pl_pesel"});
  list.push_back({.type = "RU_INN",
                  .pattern = R"(\d{10}|\d{12})",
                  .score = kCommonShape,
                  .context = {"инн"},
                  .validator = "ru_inn"});
  list.push_back({.type = "RU_SNILS",
                  .pattern = R"(\d{3}-\d{3}-\d{3}[- ]\d{2}|\d{11})",
                  .score = kUncommonShape,
                  .context = {"снилс", "snils"},
                  .validator = "ru_snils"});
  list.push_back({.type = "TR_NATIONAL_ID",
                  .pattern = R"([1-9]\d{10})",
                  .score = kUncommonShape,
                  .context = {"tc kimlik", "kimlik", "tckn", "tc no", "nüfus", "turkish id"},
                  .validator = "tr_identity"});
}

}  // namespace

void add_european_recognizers(std::vector<Recognizer>& list) {
  add_nordic(list);
  add_british_and_irish(list);
  add_iberian(list);
  add_italian(list);
  add_central(list);
  add_eastern(list);
}

}  // namespace custos::stage
