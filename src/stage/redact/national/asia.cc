#include "stage/redact/national/recognizers.h"

namespace custos::stage {
namespace {

using Words = std::vector<std::string>;

void add_korean(std::vector<Recognizer>& list) {
  const Words resident = {"rrn", "resident registration number", "주민등록번호", "주민번호"};
  const Words foreigner = {"frn", "foreigner registration number", "외국인등록번호", "외국인번호"};
  const std::string birthday = R"(\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))";
  for (const bool dashed : {true, false}) {
    const std::string dash = dashed ? "-" : "";
    const float score = dashed ? kRareShape : kUncommonShape;
    list.push_back({.type = "KR_RRN",
                    .pattern = birthday + dash + R"([1-4]\d{6})",
                    .score = score,
                    .context = resident,
                    .validator = "kr_resident"});
    list.push_back({.type = "KR_FRN",
                    .pattern = birthday + dash + R"([5-8]\d{6})",
                    .score = score,
                    .context = foreigner,
                    .validator = "kr_foreigner"});
  }
  list.push_back({.type = "KR_BRN",
                  .pattern = R"(\d{3}-\d{2}-\d{5}|\d{10})",
                  .score = kCommonShape,
                  .context = {"brn", "business registration number", "사업자등록번호", "사업자번호", "사업자"},
                  .validator = "kr_business"});
  const Words licence = {"운전면허", "운전면허번호", "면허번호", "korean driver", "driver license", "driver's license"};
  list.push_back({.type = "KR_DRIVER_LICENSE",
                  .pattern = R"(\d{2}-\d{2}-\d{6}-\d{2}|\d{2} \d{2} \d{6} \d{2})",
                  .score = kRareShape,
                  .context = licence,
                  .validator = "kr_driver"});
  list.push_back({.type = "KR_DRIVER_LICENSE",
                  .pattern = R"(\d{12})",
                  .score = 0.05F,
                  .context = licence,
                  .validator = "kr_driver"});
  list.push_back({.type = "KR_PASSPORT",
                  .pattern = R"([MSROD]\d{3}[A-Z]\d{4}|[MSROD]\d{8})",
                  .score = 0.05F,
                  .context = {"korean passport", "여권", "대한민국 여권"},
                  .ignore_case = true});
}

void add_indian(std::vector<Recognizer>& list) {
  const Words aadhaar = {"aadhaar", "aadhar", "uidai", "आधार"};
  list.push_back({.type = "IN_AADHAAR",
                  .pattern = R"([2-9]\d{3}[- :]?\d{4}[- :]?\d{4})",
                  .score = kUncommonShape,
                  .context = aadhaar,
                  .validator = "in_aadhaar"});
  // Mistyped or made up beside the word Aadhaar: it is meant as one all the same.
  list.push_back(
      {.type = "IN_AADHAAR", .pattern = R"(\d{4}[- :]?\d{4}[- :]?\d{4})", .score = kAnyNumber, .context = aadhaar});
  const std::string account = "[A-Z]{3}[ABCFGHJLPT][A-Z][0-9]{4}[A-Z]";
  const Words pan = {"permanent account number", "pan"};
  list.push_back({.type = "IN_PAN", .pattern = account, .score = kRareShape, .context = pan});
  list.push_back({.type = "IN_PAN", .pattern = account, .score = kCommonShape, .context = pan, .ignore_case = true});
  list.push_back({.type = "IN_GSTIN",
                  .pattern = R"(\d{2}[A-Z]{5}\d{4}[A-Z][1-9A-Z]Z[0-9A-Z])",
                  .score = kRareShape,
                  .context = {"gstin", "gst"},
                  .validator = "in_gstin",
                  .ignore_case = true});
  list.push_back({.type = "IN_VOTER",
                  .pattern = R"([A-Z]{3}\d{7})",
                  .score = kUncommonShape,
                  .context = {"voter", "epic", "election commission", "elector"},
                  .ignore_case = true});
  list.push_back({.type = "IN_PASSPORT",
                  .pattern = R"([A-Z][1-9]\d ?\d{4}[1-9])",
                  .score = kCommonShape,
                  .context = {"passport"}});
}

void add_singaporean(std::vector<Recognizer>& list) {
  list.push_back({.type = "SG_NRIC_FIN",
                  .pattern = R"([STFGM]\d{7}[A-Z])",
                  .score = kRareShape,
                  .context = {"nric", "fin", "identity card"},
                  .validator = "sg_nric",
                  .ignore_case = true});
  const Words uen = {"uen", "unique entity number", "acra", "business registration"};
  list.push_back({.type = "SG_UEN",
                  .pattern = R"(\d{8}[A-Z])",
                  .score = kUncommonShape,
                  .context = uen,
                  .validator = "sg_business",
                  .ignore_case = true});
  list.push_back({.type = "SG_UEN",
                  .pattern = R"((?:18|19|20)\d{7}[A-Z])",
                  .score = kUncommonShape,
                  .context = uen,
                  .validator = "sg_company",
                  .ignore_case = true});
  list.push_back({.type = "SG_UEN",
                  .pattern = R"([TSR]\d{2}[A-Z]{2}\d{4}[A-Z])",
                  .score = kRareShape,
                  .context = uen,
                  .validator = "sg_other",
                  .ignore_case = true});
}

void add_thai_chinese_japanese(std::vector<Recognizer>& list) {
  // The second and third digits are the province where the person was first registered.
  list.push_back({.type = "TH_TNIN",
                  .pattern = R"([1-8](?:[134]\d|2[0-7]|5[0-8]|[67][0-7]|[89][0-6])\d{10})",
                  .score = kUncommonShape,
                  .context = {"tnin", "thai id", "thai national id", "เลขประจำตัวประชาชน", "เลขบัตรประชาชน", "รหัสปชช"},
                  .validator = "th_identity"});
  list.push_back({.type = "TH_TNIN",
                  .pattern = R"([1-8][- ]\d{4}[- ]\d{5}[- ]\d{2}[- ]\d)",
                  .score = kRareShape,
                  .context = {"tnin", "thai id", "เลขประจำตัวประชาชน", "เลขบัตรประชาชน"},
                  .validator = "th_identity"});
  list.push_back({.type = "CN_RESIDENT_ID",
                  .pattern = R"([1-8]\d{5}(?:18|19|20)\d{9}[0-9X])",
                  .score = kRareShape,
                  .context = {"身份证", "身份证号", "resident identity"},
                  .validator = "cn_resident",
                  .ignore_case = true});
  list.push_back({.type = "JP_MY_NUMBER",
                  .pattern = R"(\d{4}[- ]?\d{4}[- ]?\d{4})",
                  .score = kCommonShape,
                  .context = {"マイナンバー", "個人番号", "my number", "mynumber"},
                  .validator = "jp_my_number"});
}

void add_australian(std::vector<Recognizer>& list) {
  list.push_back({.type = "AU_ABN",
                  .pattern = R"(\d{2} \d{3} \d{3} \d{3}|\d{11})",
                  .score = kCommonShape,
                  .context = {"abn", "australian business number"},
                  .validator = "au_abn"});
  list.push_back({.type = "AU_ACN",
                  .pattern = R"(\d{9}|\d{3} \d{3} \d{3})",
                  .score = kCommonShape,
                  .context = {"acn", "australian company number"},
                  .validator = "au_acn"});
  list.push_back({.type = "AU_TFN",
                  .pattern = R"(\d{9}|\d{3} \d{3} \d{3})",
                  .score = kCommonShape,
                  .context = {"tfn", "tax file number"},
                  .validator = "au_tfn"});
  list.push_back({.type = "AU_MEDICARE",
                  .pattern = R"([2-6]\d{9}|[2-6]\d{3} \d{5} \d)",
                  .score = kCommonShape,
                  .context = {"medicare"},
                  .validator = "au_medicare"});
}

}  // namespace

void add_asian_recognizers(std::vector<Recognizer>& list) {
  add_korean(list);
  add_indian(list);
  add_singaporean(list);
  add_thai_chinese_japanese(list);
  add_australian(list);
}

}  // namespace custos::stage
