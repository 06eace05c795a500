#include "model/tokenizer/normalizer.h"

#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

namespace custos::model {
namespace {

// In the tables of Unicode 8.0.
bool is_old(char32_t code_point) {
  UVersionInfo age;
  u_charAge(static_cast<UChar32>(code_point), age);
  return age[0] >= 1 && age[0] <= 8;
}

uint32_t category_bit(char32_t code_point) { return U_GET_GC_MASK(static_cast<UChar32>(code_point)); }

bool is_dropped(char32_t code_point) {
  if (code_point == 0xFFFD) return true;
  return (category_bit(code_point) & (U_GC_CC_MASK | U_GC_CF_MASK | U_GC_CO_MASK)) != 0 && is_old(code_point);
}

// U+1734 was a mark without width then and is none now; the others became marks of that kind after.
bool is_dropped_mark(char32_t code_point) {
  if (code_point == 0x1734) return true;
  for (const char32_t young : {U'\u1885', U'\u1886', U'\uA9BD', U'\U000111C9'}) {
    if (code_point == young) return false;
  }
  return (category_bit(code_point) & U_GC_MN_MASK) != 0 && is_old(code_point);
}

bool is_space(char32_t code_point) { return u_isUWhiteSpace(static_cast<UChar32>(code_point)); }

// U+166D and U+111C9 were punctuation then; now they are a symbol and a mark.
bool is_punctuation(char32_t code_point) {
  if (code_point == 0x166D || code_point == 0x111C9) return true;
  if (code_point < 0x80) return u_ispunct(static_cast<UChar32>(code_point)) || (category_bit(code_point) & U_GC_S_MASK);
  return (category_bit(code_point) & U_GC_P_MASK) != 0 && is_old(code_point);
}

// The blocks that BERT's reference code calls Chinese characters.
bool is_cjk(char32_t c) {
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x20000 && c <= 0x2A6DF) ||
         (c >= 0x2A700 && c <= 0x2B73F) || (c >= 0x2B740 && c <= 0x2B81F) || (c >= 0x2B920 && c <= 0x2CEAF) ||
         (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x2F800 && c <= 0x2FA1F);
}

Letter classify(char32_t code_point) {
  if (is_space(code_point)) return {' ', Kind::kSpace};
  return {code_point, is_punctuation(code_point) ? Kind::kPunctuation : Kind::kLetter};
}

// NFD of one code point, its marks dropped, in lower case.
void fold(char32_t code_point, std::vector<Letter>& out) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* nfd = icu::Normalizer2::getNFDInstance(error);
  icu::UnicodeString decomposed;
  const auto c = static_cast<UChar32>(code_point);
  if (U_FAILURE(error) || !nfd->getDecomposition(c, decomposed)) decomposed = icu::UnicodeString(c);
  for (int32_t i = 0; i < decomposed.length(); i = decomposed.moveIndex32(i, 1)) {
    const UChar32 base = decomposed.char32At(i);
    if (is_dropped_mark(static_cast<char32_t>(base))) continue;
    icu::UnicodeString lower(base);
    lower.toLower(icu::Locale::getRoot());
    for (int32_t j = 0; j < lower.length(); j = lower.moveIndex32(j, 1)) {
      out.push_back(classify(static_cast<char32_t>(lower.char32At(j))));
    }
  }
}

}  // namespace

void Normalizer::compute(char32_t code_point, std::vector<Letter>& out) {
  if (is_dropped(code_point)) return;
  if (is_space(code_point)) {
    out.push_back({' ', Kind::kSpace});
    return;
  }
  const bool cjk = is_cjk(code_point);
  if (cjk) out.push_back({' ', Kind::kSpace});
  fold(code_point, out);
  if (cjk) out.push_back({' ', Kind::kSpace});
}

Normalizer::Normalizer() {
  byte_kinds_.fill(Kind::kWide);
  for (char32_t c = 0; c < 0x80; ++c) {
    const bool is_control = (c < 0x20 || c == 0x7F) && c != '\t' && c != '\n' && c != '\r';
    byte_kinds_[c] = is_control ? Kind::kDrop : classify(c).kind;
  }
  for (size_t c = 0; c < 256; ++c) lower_[c] = static_cast<unsigned char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  begins_.assign(0x81, 0);
  for (char32_t c = 0x80; c < kTabled; ++c) {
    compute(c, letters_);
    begins_.push_back(static_cast<uint32_t>(letters_.size()));
  }
}

void Normalizer::map(char32_t code_point, std::vector<Letter>& out) const {
  if (code_point < kTabled) {
    out.insert(out.end(), letters_.begin() + begins_[code_point], letters_.begin() + begins_[code_point + 1]);
  } else if (code_point >= 0x4E00 && code_point <= 0x9FFF) {
    out.push_back({' ', Kind::kSpace});
    out.push_back({code_point, Kind::kLetter});
    out.push_back({' ', Kind::kSpace});
  } else {
    compute(code_point, out);
  }
}

}  // namespace custos::model
