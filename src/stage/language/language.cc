#include "stage/language/language.h"

#include <cld2/public/compact_lang_det.h>
#include <cld2/public/encodings.h>

#include "base/utf8.h"

namespace custos::stage {
namespace {

constexpr int kLetterBytesMin = 20;
constexpr int kPercentMin = 60;

// CLD2's codes that ISO 639-1 writes otherwise.
std::string iso_639(CLD2::Language language) {
  const std::string code = CLD2::LanguageCode(language);
  if (code == "iw") return "he";
  if (code == "jw") return "jv";
  if (code == "zh-Hant") return "zh";
  return code.substr(0, code.find('-'));
}

}  // namespace

std::string detect_language(std::string_view text) {
  text = utf8_truncated(text, kLanguageBytesMax);
  CLD2::Language languages[3] = {};
  int percents[3] = {};
  double scores[3] = {};
  int letter_bytes = 0;
  bool is_reliable = false;
  int valid_prefix_bytes = 0;
  const CLD2::CLDHints hints = {nullptr, nullptr, CLD2::UNKNOWN_ENCODING, CLD2::UNKNOWN_LANGUAGE};
  CLD2::ExtDetectLanguageSummaryCheckUTF8(text.data(), static_cast<int>(text.size()), true, &hints, 0, languages,
                                          percents, scores, nullptr, &letter_bytes, &is_reliable, &valid_prefix_bytes);
  if (valid_prefix_bytes < static_cast<int>(text.size())) {
    return valid_prefix_bytes == 0 ? std::string()
                                   : detect_language(text.substr(0, static_cast<size_t>(valid_prefix_bytes)));
  }
  const bool is_known = languages[0] != CLD2::UNKNOWN_LANGUAGE && languages[0] != CLD2::TG_UNKNOWN_LANGUAGE;
  if (!is_reliable || !is_known || letter_bytes < kLetterBytesMin || percents[0] < kPercentMin) return {};
  return iso_639(languages[0]);
}

}  // namespace custos::stage
