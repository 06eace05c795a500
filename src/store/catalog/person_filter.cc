#include "store/catalog/person_filter.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>

namespace custos::store {
namespace {

constexpr std::string_view kSeparators = " \t\r\n,;<>\"()";

bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }
bool is_word(char c) { return !is_ascii(c) || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

std::string folded_by_icu(std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* const casefold = icu::Normalizer2::getNFKCCasefoldInstance(status);
  const icu::Normalizer2* const apart = icu::Normalizer2::getNFDInstance(status);
  if (U_FAILURE(status)) return std::string(text);
  const icu::UnicodeString given = icu::UnicodeString::fromUTF8({text.data(), static_cast<int32_t>(text.size())});
  const icu::UnicodeString decomposed = apart->normalize(casefold->normalize(given, status), status);
  if (U_FAILURE(status)) return std::string(text);
  icu::UnicodeString kept;
  for (int32_t at = 0; at < decomposed.length(); at = decomposed.moveIndex32(at, 1)) {
    const UChar32 character = decomposed.char32At(at);
    if (u_charType(character) != U_NON_SPACING_MARK) kept.append(character);
  }
  std::string bytes;
  kept.toUTF8String(bytes);
  return bytes;
}

std::string folded(std::string_view text) {
  if (!std::ranges::all_of(text, is_ascii)) return folded_by_icu(text);
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return lower;
}

bool begins_a_word(std::string_view text, std::string_view word) {
  for (size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    if (at == 0 || !is_word(text[at - 1])) return true;
  }
  return false;
}

bool matches_address(std::string_view address, std::string_view word) {
  if (word.front() != '@') return address.starts_with(word);
  const size_t at = address.rfind('@');
  if (at == std::string_view::npos) return false;
  const std::string_view domain = address.substr(at + 1);
  const std::string_view wanted = word.substr(1);
  if (domain.starts_with(wanted)) return true;
  return domain.ends_with(wanted) && domain[domain.size() - wanted.size() - 1] == '.';
}

}  // namespace

PersonFilter::PersonFilter(std::string_view text) {
  const std::string all = folded(text);
  size_t begin = 0;
  while (words_.size() < kWordsMax && (begin = all.find_first_not_of(kSeparators, begin)) != std::string::npos) {
    const size_t end = std::min(all.find_first_of(kSeparators, begin), all.size());
    std::string_view piece(all.data() + begin, end - begin);
    begin = end;
    if (piece.find('@') != std::string_view::npos) {
      if (piece.size() > 1) words_.emplace_back(piece);
      continue;
    }
    while (!piece.empty() && words_.size() < kWordsMax) {
      const auto size = static_cast<size_t>(std::ranges::find_if_not(piece, is_word) - piece.begin());
      if (size > 0) words_.emplace_back(piece.substr(0, size));
      piece.remove_prefix(std::min(size + 1, piece.size()));
    }
  }
}

bool PersonFilter::matches(std::string_view address, std::string_view name) const {
  if (words_.empty()) return false;
  const std::string folded_address = folded(address);
  const std::string folded_name = folded(name);
  return std::ranges::all_of(words_, [&](const std::string& word) {
    if (word.find('@') != std::string::npos) return matches_address(folded_address, word);
    return begins_a_word(folded_address, word) || begins_a_word(folded_name, word);
  });
}

}  // namespace custos::store
