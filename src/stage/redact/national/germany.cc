#include "stage/redact/national/recognizers.h"

namespace custos::stage {
namespace {

using Words = std::vector<std::string>;

void add_taxes_and_registers(std::vector<Recognizer>& list) {
  list.push_back(
      {.type = "DE_TAX_ID",
       .pattern = R"([1-9]\d{10}|[1-9]\d[ .]\d{3}[ .]\d{3}[ .]\d{3})",
       .score = kUncommonShape,
       .context = {"steueridentifikationsnummer", "steuer-id", "steuerid", "steuer-idnr", "identifikationsnummer",
                   "idnr", "steueridentnummer", "steuernummer", "bzst", "german tax id"},
       .validator = "de_tax_id"});
  list.push_back({.type = "DE_VAT_ID",
                  .pattern = R"(DE ?\d{3}[ .]?\d{3}[ .]?\d{3})",
                  .score = kRareShape,
                  .context = {"ust-idnr", "ust-id", "ustid", "umsatzsteuer", "umsatzsteuer-id", "vat"},
                  .validator = "de_vat"});
  list.push_back({.type = "DE_HANDELSREGISTER",
                  .pattern = R"(HR[AB] ?\d{1,6})",
                  .score = kRareShape,
                  .context = {"handelsregister", "handelsregisternummer", "amtsgericht", "registergericht"},
                  .ignore_case = true});
  list.push_back({.type = "DE_SOCIAL_SECURITY",
                  .pattern = R"(\d{2} ?\d{6} ?[A-Z] ?\d{3})",
                  .score = kUncommonShape,
                  .context = {"rentenversicherungsnummer", "sozialversicherungsnummer", "versicherungsnummer", "rvnr",
                              "svnr", "sv-nummer", "rentenversicherung"},
                  .validator = "de_social_security",
                  .ignore_case = true});
}

void add_health(std::vector<Recognizer>& list) {
  list.push_back(
      {.type = "DE_HEALTH_INSURANCE",
       .pattern = R"([A-Z]\d{9})",
       .score = kUncommonShape,
       .context = {"krankenversicherungsnummer", "krankenversichertennummer", "versichertennummer", "kvnr",
                   "krankenkasse", "krankenversicherung", "gesundheitskarte", "egk", "egk-nummer", "versichertenkarte"},
       .validator = "de_health_insurance",
       .ignore_case = true});
  list.push_back({.type = "DE_LANR",
                  .pattern = R"(\d{9})",
                  .score = kCommonShape,
                  .context = {"lanr", "arztnummer", "arzt-nr", "arzt-nummer", "vertragsarzt", "kassenarzt", "hausarzt",
                              "facharzt", "rezept"},
                  .validator = "de_physician"});
}

void add_documents(std::vector<Recognizer>& list) {
  const std::string document = "[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ0-9]{7}[0-9]";
  const Words card = {"personalausweis", "personalausweisnummer", "ausweis",      "ausweisnummer",
                      "ausweis-nr",      "seriennummer",          "identity card"};
  list.push_back({.type = "DE_ID_CARD",
                  .pattern = document,
                  .score = kUncommonShape,
                  .context = card,
                  .validator = "de_document"});
  // Before November 2010: no check digit.
  list.push_back({.type = "DE_ID_CARD", .pattern = R"(T\d{8})", .score = kUncommonShape, .context = card});
  list.push_back({.type = "DE_PASSPORT",
                  .pattern = document,
                  .score = kCommonShape,
                  .context = {"reisepass", "passnummer", "reisepassnummer", "pass-nr", "passport"},
                  .validator = "de_document"});
  list.push_back({.type = "DE_FUEHRERSCHEIN",
                  .pattern = R"([A-Z]{2}\d{8}[A-Z0-9])",
                  .score = kUncommonShape,
                  .context = {"führerschein", "führerscheinnummer", "fuehrerschein", "fahrerlaubnis",
                              "fahrerlaubnisnummer", "driving licence", "driving license"},
                  .ignore_case = true});
}

void add_places_and_vehicles(std::vector<Recognizer>& list) {
  list.push_back({.type = "DE_PLZ",
                  .pattern = R"(\d{5})",
                  .score = 0.05F,
                  .context = {"plz", "postleitzahl", "postanschrift", "wohnort", "anschrift", "straße", "strasse",
                              "postfach", "hausnummer"},
                  .validator = "de_postal_code"});
  const Words vehicle = {"kennzeichen", "kfz-kennzeichen", "kfz", "nummernschild",
                         "fahrzeug",    "fahrzeugschein",  "pkw", "lkw"};
  const std::string rest = "[- ][A-Z]{1,2}[- ][0-9]{1,4}[EH]?";
  for (const char* district : {"[A-Z]{1,3}", "[A-Z]?(?:Ä|Ö|Ü)[A-Z]?"}) {
    list.push_back(
        {.type = "DE_KFZ", .pattern = district + rest, .score = 0.2F, .context = vehicle, .ignore_case = true});
  }
}

}  // namespace

void add_german_recognizers(std::vector<Recognizer>& list) {
  add_taxes_and_registers(list);
  add_health(list);
  add_documents(list);
  add_places_and_vehicles(list);
}

}  // namespace custos::stage
