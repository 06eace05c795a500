#include "stage/language/language.h"

#include <cld2/public/compact_lang_det.h>
#include <cld2/public/encodings.h>

#include "base/utf8.h"
#include "stage/language/english_words.h"

namespace custos::stage {
namespace {

constexpr int kLetterBytesMin = 20;
constexpr int kPercentMin = 60;
constexpr size_t kBeginningBytes = 1536;  // mostly enough; what follows is read where they are not clear

// CLD2's codes that ISO 639-1 writes otherwise.
std::string iso_639(CLD2::Language language) {
  const std::string code = CLD2::LanguageCode(language);
  if (code == "iw") return "he";
  if (code == "jw") return "jv";
  if (code == "zh-Hant") return "zh";
  return code.substr(0, code.find('-'));
}

struct Guess {
  CLD2::Language language = CLD2::UNKNOWN_LANGUAGE;  // the most of the text
  int percent = 0;                                   // of the text; 0 where the guess is not reliable
  size_t valid_bytes = 0;                            // before malformed UTF-8
};

Guess guess(std::string_view text) {
  CLD2::Language languages[3] = {};
  int percents[3] = {};
  double scores[3] = {};
  int letter_bytes = 0;
  bool is_reliable = false;
  int valid_prefix_bytes = 0;
  const CLD2::CLDHints hints = {nullptr, nullptr, CLD2::UNKNOWN_ENCODING, CLD2::UNKNOWN_LANGUAGE};
  CLD2::ExtDetectLanguageSummaryCheckUTF8(text.data(), static_cast<int>(text.size()), true, &hints, 0, languages,
                                          percents, scores, nullptr, &letter_bytes, &is_reliable, &valid_prefix_bytes);
  const bool is_known = languages[0] != CLD2::UNKNOWN_LANGUAGE && languages[0] != CLD2::TG_UNKNOWN_LANGUAGE;
  const bool counts = is_reliable && is_known && letter_bytes >= kLetterBytesMin;
  return {languages[0], counts ? percents[0] : 0, static_cast<size_t>(valid_prefix_bytes)};
}

// The language of at least kPercentMin of the text before malformed UTF-8.
std::string most_of(std::string_view text) {
  Guess found = guess(text);
  if (found.valid_bytes < text.size()) found = guess(text.substr(0, found.valid_bytes));
  return found.percent < kPercentMin ? std::string() : iso_639(found.language);
}

}  // namespace

std::string detect_language(std::string_view text) {
  text = utf8_truncated(text, kLanguageBytesMax);
  const std::string_view beginning = utf8_truncated(text, kBeginningBytes);
  if (reads_as_english(beginning) && utf8_is_valid(beginning)) return "en";
  std::string found = most_of(beginning);
  return found.empty() && beginning.size() < text.size() ? most_of(text) : found;
}

}  // namespace custos::stage
