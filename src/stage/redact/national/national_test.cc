#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <hs/hs.h>
#include <re2/re2.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>

#include "stage/redact/national/check_digits.h"
#include "stage/redact/recognizer.h"

namespace custos::stage {
namespace {

// The highest score that `text` as a whole gets as a `type`, without any context; nothing where it is not one.
std::optional<float> score_of(std::string_view type, std::string_view text) {
  std::optional<float> best;
  for (const Recognizer& recognizer : national_recognizers()) {
    re2::RE2::Options options;
    options.set_case_sensitive(!recognizer.ignore_case);
    if (recognizer.type != type || !re2::RE2::FullMatch(text, re2::RE2(recognizer.pattern, options))) continue;
    const Validator check = recognizer.validator.empty() ? nullptr : find_validator(recognizer.validator);
    const Verdict verdict = check == nullptr ? Verdict::kUnsure : check(text);
    if (verdict == Verdict::kInvalid) continue;
    best = std::max(best.value_or(0), verdict == Verdict::kValid ? 1.0F : recognizer.score);
  }
  return best;
}

struct Sample {
  const char* type;
  const char* text;
};
void PrintTo(const Sample& sample, std::ostream* out) { *out << sample.type << " " << sample.text; }

class ValidNumber : public testing::TestWithParam<Sample> {};
// A check digit, two of them or a date: masked without a word around it.
TEST_P(ValidNumber, IsStrongAlone) { EXPECT_EQ(score_of(GetParam().type, GetParam().text), 1.0F); }

// Examples of the authorities and numbers made up with the right check digits.
INSTANTIATE_TEST_SUITE_P(
    National, ValidNumber,
    testing::Values(
        Sample{"DE_ID_CARD", "K331X21T4"}, Sample{"DE_PASSPORT", "K521X32T7"},
        Sample{"DE_SOCIAL_SECURITY", "15120292K676"}, Sample{"DE_VAT_ID", "DE 137 946 757"},
        Sample{"DE_VAT_ID", "DE706563843"}, Sample{"FI_PERSONAL_IDENTITY_CODE", "230331-177Y"},
        Sample{"FI_PERSONAL_IDENTITY_CODE", "260929-473s"}, Sample{"SE_PERSONNUMMER", "521116-1509"},
        Sample{"SE_PERSONNUMMER", "195211161509"}, Sample{"NO_FNR", "18118146456"}, Sample{"DK_CPR", "050970-9343"},
        Sample{"ES_NIF", "77884421-G"}, Sample{"ES_NIE", "Y8805056A"}, Sample{"ES_NIE", "y5640925-m"},
        Sample{"IT_FISCAL_CODE", "VRNGNI75A21H958C"}, Sample{"FR_NIR", "2 10 05 04 860 676 66"},
        Sample{"FR_NIR", "253072A07300443"}, Sample{"BE_NATIONAL_NUMBER", "35.08.20-748.25"},
        Sample{"PT_NIF", "PT960683089"}, Sample{"CH_AHV", "756.7400.3697.22"}, Sample{"CH_AHV", "7567402812684"},
        Sample{"AT_SVNR", "5622 240642"}, Sample{"RU_SNILS", "601-720-220 22"}, Sample{"TR_NATIONAL_ID", "45534608858"},
        Sample{"KR_RRN", "590921-1854352"}, Sample{"KR_RRN", "5710271078998"}, Sample{"KR_FRN", "010618-5641592"},
        Sample{"KR_BRN", "744-00-71677"}, Sample{"IN_AADHAAR", "5640 8478 5673"}, Sample{"IN_AADHAAR", "758879484277"},
        Sample{"IN_GSTIN", "27AASPK1694J1Z2"}, Sample{"SG_NRIC_FIN", "S4433142Z"}, Sample{"SG_UEN", "200475318E"},
        Sample{"SG_UEN", "T09CD9318K"}, Sample{"TH_TNIN", "1-4267-43780-22-1"},
        Sample{"CN_RESIDENT_ID", "110105197204050056"}, Sample{"AU_ABN", "63 588 383 179"},
        Sample{"AU_MEDICARE", "4163 59026 0"}, Sample{"CA_SIN", "599-290-509"}, Sample{"BR_CPF", "468.093.468-99"},
        Sample{"BR_CNPJ", "49.015.229/0001-99"}, Sample{"MX_CURP", "BOXW310820HNERXN09"},
        Sample{"ZA_ID_NUMBER", "5012162565089"}));

class CommonLooking : public testing::TestWithParam<Sample> {};
// One ordinary number in ten passes such a check: found, but masked only beside a word that names it.
TEST_P(CommonLooking, NeedsContext) {
  const std::optional<float> score = score_of(GetParam().type, GetParam().text);
  ASSERT_TRUE(score.has_value());
  EXPECT_LT(*score, 0.4F);
}

INSTANTIATE_TEST_SUITE_P(
    National, CommonLooking,
    testing::Values(
        Sample{"DE_TAX_ID", "83534227690"}, Sample{"DE_LANR", "972667234"}, Sample{"DE_PLZ", "10178"},
        Sample{"DE_KFZ", "HH-QX-1782"}, Sample{"DE_KFZ", "LÖ QX 12"}, Sample{"UK_NHS", "057 224 0627"},
        Sample{"DE_HEALTH_INSURANCE", "K200424027"}, Sample{"DE_FUEHRERSCHEIN", "QX12345678A"},
        Sample{"NL_BSN", "426472536"}, Sample{"PT_NIF", "960683089"}, Sample{"RU_INN", "4187180652"},
        Sample{"RU_INN", "701026723277"}, Sample{"IT_VAT_CODE", "58716800584"}, Sample{"PL_PESEL", "81010444592"},
        Sample{"KR_BRN", "7440071677"}, Sample{"AU_ACN", "771 796 984"}, Sample{"AU_TFN", "614 740 089"},
        Sample{"AU_MEDICARE", "4163590260"}, Sample{"CA_SIN", "599290509"}, Sample{"CA_SIN", "599 290 509"},
        Sample{"BR_CPF", "46809346899"}, Sample{"BR_CNPJ", "49015229000199"}, Sample{"JP_MY_NUMBER", "3339 2627 2518"},
        Sample{"US_NPI", "1216761118"}, Sample{"MEDICAL_LICENSE", "BK8259839"}, Sample{"ES_PASSPORT", "QXZ123456"},
        Sample{"IN_VOTER", "QXZ1234567"}, Sample{"IN_PASSPORT", "Q2096457"}, Sample{"IT_IDENTITY_CARD", "CA12345QX"},
        Sample{"IT_DRIVER_LICENSE", "QX1234567Z"}, Sample{"ES_NIF", "77884421G"},
        Sample{"SE_ORGANISATIONSNUMMER", "556915-7992"}, Sample{"KR_DRIVER_LICENSE", "212212345612"},
        Sample{"SG_UEN", "57621071D"}, Sample{"KR_PASSPORT", "M123A4567"}, Sample{"TH_TNIN", "1426743780221"},
        Sample{"IN_PAN", "abcpe1234f"}, Sample{"UK_PASSPORT", "123456789"}));

class RareShape : public testing::TestWithParam<Sample> {};
// Nothing to check, but hardly anything else looks like it.
TEST_P(RareShape, IsMaskedByDefault) { EXPECT_EQ(score_of(GetParam().type, GetParam().text), 0.5F); }

INSTANTIATE_TEST_SUITE_P(National, RareShape,
                         testing::Values(Sample{"UK_NINO", "SX 12 34 56 C"}, Sample{"UK_NINO", "AB123456C"},
                                         Sample{"UK_DRIVING_LICENCE", "VERNE805146JM9XY"},
                                         Sample{"US_MBI", "7QX7-QX7-QX77"}, Sample{"IN_PAN", "ABCPE1234F"},
                                         Sample{"DE_HANDELSREGISTER", "HRB 4711"}, Sample{"KR_FRN", "920318-5641590"},
                                         Sample{"KR_DRIVER_LICENSE", "21-22-123456-12"}));

class NotOne : public testing::TestWithParam<Sample> {};
TEST_P(NotOne, IsDropped) { EXPECT_EQ(score_of(GetParam().type, GetParam().text), std::nullopt); }

INSTANTIATE_TEST_SUITE_P(
    National, NotOne,
    testing::Values(Sample{"DE_TAX_ID", "83534227691"}, Sample{"DE_TAX_ID", "22223456780"}, Sample{"DE_PLZ", "01000"},
                    Sample{"DE_PLZ", "99999"}, Sample{"DE_ID_CARD", "K331X21T5"}, Sample{"DE_KFZ", "BXYZ AB 1234"},
                    Sample{"FI_PERSONAL_IDENTITY_CODE", "300231-177Y"},
                    Sample{"FI_PERSONAL_IDENTITY_CODE", "230331/177Y"}, Sample{"SE_PERSONNUMMER", "521316-1509"},
                    Sample{"SE_ORGANISATIONSNUMMER", "551915-7990"}, Sample{"NO_FNR", "38118146456"},
                    Sample{"DK_CPR", "321062-5629"}, Sample{"ES_NIE", "W8805056A"}, Sample{"ES_NIE", "Y8805056B"},
                    Sample{"UK_NINO", "GB 12 34 56 C"}, Sample{"UK_NHS", "057 224 0628"},
                    Sample{"UK_DRIVING_LICENCE", "99999805146JM9XY"}, Sample{"UK_DRIVING_LICENCE", "VE9NE805146JM9XY"},
                    Sample{"UK_DRIVING_LICENCE", "VERNE813146JM9XY"}, Sample{"FR_NIR", "253072A07300444"},
                    Sample{"KR_RRN", "591321-1854352"}, Sample{"KR_FRN", "590921-1854352"},
                    Sample{"TH_TNIN", "1284567890124"}, Sample{"US_MBI", "7SX7-QX7-QX77"},
                    Sample{"SG_UEN", "T09XX9318K"}, Sample{"SG_NRIC_FIN", "S4433142Y"}, Sample{"CA_SIN", "599-290-508"},
                    Sample{"CA_SIN", "599 290-509"}, Sample{"BR_CPF", "111.111.111-11"},
                    Sample{"CN_RESIDENT_ID", "110105197213050056"}, Sample{"ZA_ID_NUMBER", "5013162565089"},
                    Sample{"IT_VAT_CODE", "00000000000"}, Sample{"NL_BSN", "000000000"},
                    Sample{"IT_FISCAL_CODE", "VRNGNI75A21H958D"}));

TEST(National, MistypedAadhaarIsOnlyMeantAsOneBesideItsName) {
  EXPECT_EQ(score_of("IN_AADHAAR", "5640 8478 5674"), 0.01F);
}

TEST(National, BelgianOfThisCenturyCountsFromTwoBillion) {
  EXPECT_EQ(score_of("BE_NATIONAL_NUMBER", "17.07.30-033.84"), 1.0F);
}

TEST(National, EveryRecognizerCompilesInBothEnginesAndNamesAKnownCheck) {
  for (const Recognizer& recognizer : national_recognizers()) {
    EXPECT_TRUE(re2::RE2(recognizer.pattern).ok()) << recognizer.type;
    EXPECT_EQ(re2::RE2(recognizer.pattern).NumberOfCapturingGroups(), 0) << recognizer.type;
    EXPECT_TRUE(recognizer.validator.empty() || find_validator(recognizer.validator) != nullptr)
        << recognizer.validator;
    hs_database_t* database = nullptr;
    hs_compile_error_t* failure = nullptr;
    EXPECT_EQ(hs_compile(recognizer.pattern.c_str(), HS_FLAG_SOM_LEFTMOST, HS_MODE_BLOCK, nullptr, &database, &failure),
              HS_SUCCESS)
        << recognizer.type;
    hs_free_compile_error(failure);
    hs_free_database(database);
  }
}

bool has_ascii_capital(std::string_view word) {
  return std::any_of(word.begin(), word.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

TEST(National, ContextIsLowerCaseAndNeverMissing) {
  for (const Recognizer& recognizer : national_recognizers()) {
    EXPECT_FALSE(recognizer.context.empty()) << recognizer.type;
    for (const std::string& word : recognizer.context) EXPECT_FALSE(has_ascii_capital(word)) << word;
  }
}

TEST(Validators, AreKnownByEveryNameListed) {
  const std::vector<std::string_view> names = validator_names();
  EXPECT_EQ(std::set<std::string_view>(names.begin(), names.end()).size(), names.size());
  for (std::string_view name : names) EXPECT_NE(find_validator(name), nullptr) << name;
  EXPECT_EQ(find_validator("no_such_check"), nullptr);
}

TEST(Validators, RefuseWhatIsNoNumberAtAll) {
  for (std::string_view name : validator_names()) {
    if (!name.substr(0, 3).ends_with('_')) continue;  // national: "de_tax_id"
    for (std::string_view text : {"", "-", "A", "1", "xyz", "\xff\xfe", "ÄÖÜ", "12345678901234567890123456789012345"}) {
      EXPECT_EQ(find_validator(name)(text), Verdict::kInvalid) << name << " of " << text.size() << " bytes";
    }
  }
}

// One shape of a checked number: '#' a digit, '@' a letter, '%' two digits from 01 to 12, else itself. Numbers that
// pass are found by trying; then every change of a single digit has to be told.
struct Shape {
  const char* validator;
  const char* shape;
  size_t unchecked_from = 99;  // digits from here on are not covered by the check
  // Below 1 where the authority's weights miss some: even ones modulo 10, 11 modulo 11, two remainders for one digit.
  double detects_min = 1.0;
};
void PrintTo(const Shape& shape, std::ostream* out) { *out << shape.validator; }

class CheckDigit : public testing::TestWithParam<Shape> {
 protected:
  std::string number_of_shape(std::string_view shape) {
    std::string out;
    for (char c : shape) {
      const auto draw = static_cast<int>(random_() % 780);
      if (c == '%') out += draw % 12 < 9 ? '0' : '1';
      if (c == '%') out += static_cast<char>('0' + (draw % 12 + 1) % 10);
      if (c == '#') out += static_cast<char>('0' + draw % 10);
      if (c == '@') out += static_cast<char>('A' + draw % 26);
      if (std::string_view("#@%").find(c) == std::string_view::npos) out += c;
    }
    return out;
  }

  std::string valid_number(Validator check) {
    for (int tries = 0; tries < 200'000; ++tries) {
      std::string number = number_of_shape(GetParam().shape);
      const Verdict verdict = check(number);
      if (verdict == Verdict::kValid || (verdict == Verdict::kUnsure && tries > 500)) return number;
    }
    return {};
  }

 private:
  std::mt19937 random_{20261122};
};

TEST_P(CheckDigit, TellsASingleWrongDigit) {
  const Validator check = find_validator(GetParam().validator);
  ASSERT_NE(check, nullptr);
  int changes = 0;
  int told = 0;
  for (int round = 0; round < 40; ++round) {
    std::string number = valid_number(check);
    ASSERT_FALSE(number.empty()) << "no valid number of this shape exists";
    const Verdict before = check(number);
    for (size_t at = 0; at < std::min(number.size(), GetParam().unchecked_from); ++at) {
      const char right = number[at];
      for (char wrong = '0'; right >= '0' && right <= '9' && wrong <= '9'; ++wrong) {
        number[at] = wrong;
        changes += wrong == right ? 0 : 1;
        told += wrong != right && check(number) != before ? 1 : 0;
      }
      number[at] = right;
    }
  }
  EXPECT_GT(changes, 1000);
  EXPECT_GE(told, changes * GetParam().detects_min) << told << " of " << changes;
}

INSTANTIATE_TEST_SUITE_P(
    Validators, CheckDigit,
    testing::Values(Shape{"de_tax_id", "###########"}, Shape{"de_vat", "DE#########"},
                    Shape{"de_health_insurance", "K#########"}, Shape{"de_physician", "#########", 7, 0.95},
                    Shape{"de_document", "K##X##T##"}, Shape{"de_social_security", "15%%##K###"},
                    Shape{"fi_identity", "%%##-###@"}, Shape{"se_organisation", "##########"},
                    Shape{"se_person", "##%%-####"}, Shape{"no_person", "%%#######"}, Shape{"dk_person", "%%##-####"},
                    Shape{"es_citizen", "########@"}, Shape{"es_foreigner", "Y#######@"}, Shape{"uk_nhs", "##########"},
                    Shape{"it_fiscal_code", "VRNGNI##A##H###@"}, Shape{"it_vat", "#######058#"},
                    Shape{"pl_pesel", "##%%#####"}, Shape{"fr_nir", "2##%##########"}, Shape{"nl_bsn", "#########"},
                    Shape{"be_register", "##%%#####", 99, 0.99}, Shape{"pt_tax", "#########", 99, 0.98},
                    Shape{"ch_ahv", "756##########"}, Shape{"at_insurance", "####%%##", 99, 0.99},
                    Shape{"ru_inn", "##########", 99, 0.98}, Shape{"ru_inn", "############", 99, 0.98},
                    Shape{"ru_snils", "###########", 99, 0.99}, Shape{"tr_identity", "###########"},
                    Shape{"kr_resident", "##%%-1######", 99, 0.98}, Shape{"kr_foreigner", "##%%-5######", 99, 0.98},
                    Shape{"kr_business", "##########"}, Shape{"in_aadhaar", "############"},
                    Shape{"in_gstin", "27ABCPK####@1Z#"}, Shape{"sg_nric", "S#######@"},
                    Shape{"sg_business", "########@"}, Shape{"sg_company", "20#######@"},
                    Shape{"sg_other", "T##RF####@"}, Shape{"th_identity", "#############", 99, 0.9},
                    Shape{"cn_resident", "11010519##%%####"}, Shape{"jp_my_number", "############", 99, 0.98},
                    Shape{"au_abn", "###########"}, Shape{"au_acn", "#########", 99, 0.88},
                    Shape{"au_tfn", "#########"}, Shape{"au_medicare", "4#########", 9}, Shape{"us_npi", "1#########"},
                    Shape{"us_dea", "BK#######", 99, 0.95}, Shape{"ca_sin", "#########"},
                    Shape{"br_cpf", "###########", 99, 0.99}, Shape{"br_cnpj", "##############", 99, 0.99},
                    Shape{"mx_curp", "BOXW##%%HNERXN0#", 99, 0.8}, Shape{"za_identity", "##%%####08#"}));

}  // namespace
}  // namespace custos::stage
