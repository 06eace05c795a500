#include "stage/redact/disguise/lookalikes.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace custos::stage {
namespace {

struct Lookalike {
  char32_t code_point;
  char letter;
};

// Ascending.
constexpr std::array<Lookalike, 86> kLetters = {{
    {0x0131, 'i'}, {0x0251, 'a'}, {0x0261, 'g'}, {0x0269, 'i'}, {0x028B, 'u'}, {0x0391, 'A'}, {0x0392, 'B'},
    {0x0395, 'E'}, {0x0396, 'Z'}, {0x0397, 'H'}, {0x0399, 'I'}, {0x039A, 'K'}, {0x039C, 'M'}, {0x039D, 'N'},
    {0x039F, 'O'}, {0x03A1, 'P'}, {0x03A4, 'T'}, {0x03A5, 'Y'}, {0x03A7, 'X'}, {0x03B1, 'a'}, {0x03B3, 'y'},
    {0x03B5, 'e'}, {0x03B9, 'i'}, {0x03BA, 'k'}, {0x03BD, 'v'}, {0x03BF, 'o'}, {0x03C1, 'p'}, {0x03C3, 'o'},
    {0x03C4, 't'}, {0x03C5, 'u'}, {0x03C7, 'x'}, {0x03F2, 'c'}, {0x03F3, 'j'}, {0x0405, 'S'}, {0x0406, 'I'},
    {0x0408, 'J'}, {0x0410, 'A'}, {0x0412, 'B'}, {0x0415, 'E'}, {0x041A, 'K'}, {0x041C, 'M'}, {0x041D, 'H'},
    {0x041E, 'O'}, {0x0420, 'P'}, {0x0421, 'C'}, {0x0422, 'T'}, {0x0423, 'Y'}, {0x0425, 'X'}, {0x0430, 'a'},
    {0x0433, 'r'}, {0x0435, 'e'}, {0x043A, 'k'}, {0x043C, 'm'}, {0x043D, 'h'}, {0x043E, 'o'}, {0x0440, 'p'},
    {0x0441, 'c'}, {0x0442, 't'}, {0x0443, 'y'}, {0x0445, 'x'}, {0x0455, 's'}, {0x0456, 'i'}, {0x0458, 'j'},
    {0x0461, 'w'}, {0x0475, 'v'}, {0x04AE, 'Y'}, {0x04AF, 'y'}, {0x04BB, 'h'}, {0x04C0, 'I'}, {0x04CF, 'l'},
    {0x0501, 'd'}, {0x050C, 'G'}, {0x051A, 'Q'}, {0x051B, 'q'}, {0x051C, 'W'}, {0x051D, 'w'}, {0x0555, 'O'},
    {0x0566, 'q'}, {0x0570, 'h'}, {0x0578, 'n'}, {0x057D, 'u'}, {0x0585, 'o'}, {0x13A0, 'D'}, {0x13A1, 'R'},
    {0x13A2, 'T'}, {0x13AA, 'A'},
}};

char decomposed_ascii(char32_t code_point) {
  UErrorCode status = U_ZERO_ERROR;
  const UNormalizer2* normalizer = unorm2_getNFKCInstance(&status);
  if (U_FAILURE(status)) return 0;
  std::array<UChar, 32> units;
  const int32_t size = unorm2_getDecomposition(normalizer, static_cast<UChar32>(code_point), units.data(),
                                               static_cast<int32_t>(units.size()), &status);
  return U_SUCCESS(status) && size == 1 && units[0] > 0x20 && units[0] < 0x7F ? static_cast<char>(units[0]) : '\0';
}

}  // namespace

char lookalike_letter(char32_t code_point) {
  const auto* found = std::lower_bound(kLetters.begin(), kLetters.end(), code_point,
                                       [](const Lookalike& entry, char32_t value) { return entry.code_point < value; });
  return found != kLetters.end() && found->code_point == code_point ? found->letter : '\0';
}

char lookalike_digit(char32_t code_point) {
  switch (code_point) {
    case 0x041E:
    case 0x043E:
    case 0x039F:
    case 0x03BF:
    case 0x0555:
    case 0x0585:
      return '0';
    case 0x0417:
    case 0x0437:
    case 0x04E0:
    case 0x04E1:
      return '3';
    case 0x0427:
      return '4';
    case 0x0431:
      return '6';
    default:
      return 0;
  }
}

char ascii_equivalent(char32_t code_point) {
  if (code_point < 0x80) return 0;
  const int32_t digit = u_charDigitValue(static_cast<UChar32>(code_point));
  if (digit >= 0 && digit <= 9) return static_cast<char>('0' + digit);
  if (code_point < 0x2000) return 0;
  return decomposed_ascii(code_point);
}

bool is_without_width(char32_t code_point) {
  return code_point == 0x00AD || code_point == 0x034F || code_point == 0x061C || code_point == 0x180E ||
         (code_point >= 0x200B && code_point <= 0x200F) || (code_point >= 0x202A && code_point <= 0x202E) ||
         (code_point >= 0x2060 && code_point <= 0x206F) || (code_point >= 0xFE00 && code_point <= 0xFE0F) ||
         code_point == 0xFEFF || (code_point >= 0xE0000 && code_point <= 0xE007F);
}

bool is_odd_blank(char32_t code_point) {
  return code_point == 0x00A0 || (code_point >= 0x2000 && code_point <= 0x200A) || code_point == 0x202F ||
         code_point == 0x205F || code_point == 0x3000;
}

bool is_odd_hyphen(char32_t code_point) {
  return (code_point >= 0x2010 && code_point <= 0x2015) || code_point == 0x2212 || code_point == 0x2043 ||
         code_point == 0xFE58 || code_point == 0xFE63 || code_point == 0xFF0D;
}

}  // namespace custos::stage
