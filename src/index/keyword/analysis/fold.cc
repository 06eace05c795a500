#include "index/keyword/analysis/fold.h"

#include <unicode/normalizer2.h>
#include <unicode/unistr.h>

#include <algorithm>

#include "base/utf8.h"

namespace custos::index {
namespace {

bool is_ascii(std::string_view word) {
  return std::none_of(word.begin(), word.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

bool is_optional_mark(char16_t c) {
  return (c >= 0x0300 && c <= 0x036F) || (c >= 0x0591 && c <= 0x05C7) || (c >= 0x064B && c <= 0x065F) || c == 0x0670;
}

// Letters with a stroke through them, which Unicode does not decompose.
void append_base(icu::UnicodeString& out, char16_t c) {
  switch (c) {
    case 0x00E6:
      out.append(u"ae", 2);
      break;
    case 0x00F8:
      out.append(u'o');
      break;
    case 0x0111:
      out.append(u'd');
      break;
    case 0x0131:
      out.append(u'i');
      break;
    case 0x0142:
      out.append(u'l');
      break;
    case 0x0153:
      out.append(u"oe", 2);
      break;
    case 0x2019:
      out.append(u'\'');
      break;
    default:
      out.append(c);
  }
}

icu::UnicodeString strip(const icu::UnicodeString& word) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* nfd = icu::Normalizer2::getNFDInstance(status);
  const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(status);
  if (U_FAILURE(status)) return word;
  const icu::UnicodeString apart = nfd->normalize(word, status);
  icu::UnicodeString kept;
  for (int32_t i = 0; i < apart.length(); ++i) {
    if (!is_optional_mark(apart[i])) append_base(kept, apart[i]);
  }
  const icu::UnicodeString joined = nfc->normalize(kept, status);
  return U_FAILURE(status) ? word : joined;
}

std::string to_utf8(const icu::UnicodeString& word) {
  std::string bytes;
  word.toUTF8String(bytes);
  if (bytes.size() > kTermBytesMax) bytes.resize(utf8_truncated(bytes, kTermBytesMax).size());
  return bytes;
}

icu::UnicodeString from_utf8(std::string_view word) {
  return icu::UnicodeString::fromUTF8({word.data(), static_cast<int32_t>(word.size())});
}

void fold_ascii(std::string_view word, FoldedWord& out) {
  out.plain.assign(word.substr(0, kTermBytesMax));
  for (char& c : out.plain) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  }
  out.cased = out.plain;
}

}  // namespace

void fold(std::string_view word, FoldedWord& out) {
  if (is_ascii(word)) return fold_ascii(word, out);
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* folding = icu::Normalizer2::getNFKCCasefoldInstance(status);
  icu::UnicodeString cased = from_utf8(word);
  if (U_SUCCESS(status)) cased = folding->normalize(cased, status);
  out.cased = to_utf8(cased);
  out.plain = to_utf8(strip(cased));
}

std::string without_accents(std::string_view word) {
  return is_ascii(word) ? std::string(word) : to_utf8(strip(from_utf8(word)));
}

}  // namespace custos::index
