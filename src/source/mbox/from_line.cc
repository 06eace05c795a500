#include "source/mbox/from_line.h"

#include <algorithm>
#include <array>
#include <span>

#include "source/detect/headers.h"

namespace custos::source {
namespace {

constexpr size_t kLineMax = 1000;
constexpr size_t kWordsMax = 24;
constexpr size_t kAddressWordsMax = 8;

struct Words {
  std::array<std::string_view, kWordsMax> word;
  size_t count = 0;
};

Words split(std::string_view text) {
  Words words;
  while (words.count < kWordsMax) {
    const size_t begin = text.find_first_not_of(" \t\r");
    if (begin == text.npos) break;
    text.remove_prefix(begin);
    const size_t end = std::min(text.find_first_of(" \t\r"), text.size());
    words.word[words.count++] = text.substr(0, end);
    text.remove_prefix(end);
  }
  return words;
}

bool digits(std::string_view text, size_t shortest, size_t longest) {
  return text.size() >= shortest && text.size() <= longest &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Is `text`'s three-letter beginning in `names` ("MonTueWed…")?
bool abbreviates(std::string_view text, std::string_view names) {
  if (text.size() < 3) return false;
  for (size_t at = 0; at < names.size(); at += 3) {
    if (names.substr(at, 3) == text.substr(0, 3)) return true;
  }
  return false;
}

bool is_weekday(std::string_view word) {
  if (word.ends_with(',')) word.remove_suffix(1);
  return word.size() == 3 && abbreviates(word, "MonTueWedThuFriSatSun");
}

bool is_month(std::string_view word) {
  return word.size() == 3 && abbreviates(word, "JanFebMarAprMayJunJulAugSepOctNovDec");
}
bool is_day(std::string_view word) { return digits(word, 1, 2); }
bool is_year(std::string_view word) { return digits(word, 4, 4) && (word.starts_with("19") || word.starts_with("20")); }

// HH:MM, HH:MM:SS, with fractions.
bool is_time(std::string_view word) {
  const size_t colon = word.find(':');
  if (colon == word.npos || !digits(word.substr(0, colon), 1, 2)) return false;
  const std::string_view rest = word.substr(colon + 1);
  return digits(rest.substr(0, 2), 2, 2) && (rest.size() == 2 || rest[2] == ':');
}

bool is_iso_date(std::string_view word) {
  return word.size() >= 10 && is_year(word.substr(0, 4)) && word[4] == '-' && digits(word.substr(5, 2), 2, 2) &&
         word[7] == '-' && digits(word.substr(8, 2), 2, 2) && (word.size() == 10 || is_time(word.substr(11)));
}

bool is_zone(std::string_view word) {
  if (word.starts_with('+') || word.starts_with('-')) return digits(word.substr(1), 2, 4) || word.size() == 6;
  if (word.starts_with('(')) return word.ends_with(')');
  return word.size() <= 5 && std::all_of(word.begin(), word.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

using Rest = std::span<const std::string_view>;

// "Nov 24 18:22:48 1986", with a zone before or after the year: how many words, 0 for none.
size_t asctime_words(Rest rest) {
  if (rest.size() < 4 || !is_month(rest[0]) || !is_day(rest[1]) || !is_time(rest[2])) return 0;
  size_t at = 3;
  while (at < rest.size() && at < 5 && is_zone(rest[at])) ++at;
  return at < rest.size() && is_year(rest[at]) ? at + 1 : 0;
}

// "24 Nov 1986 18:22:48", RFC 5322.
size_t rfc_words(Rest rest) {
  return rest.size() >= 4 && is_day(rest[0]) && is_month(rest[1]) && is_year(rest[2]) && is_time(rest[3]) ? 4 : 0;
}

size_t iso_words(Rest rest) {
  if (rest.empty() || !is_iso_date(rest[0])) return 0;
  if (rest[0].size() > 10) return 1;
  return rest.size() >= 2 && is_time(rest[1]) ? 2 : 0;
}

// A date, and behind it nothing but zones or UUCP's "remote from host".
bool is_date(Rest rest) {
  if (!rest.empty() && is_weekday(rest[0])) rest = rest.subspan(1);
  const size_t words = std::max({asctime_words(rest), rfc_words(rest), iso_words(rest)});
  if (words == 0) return false;
  rest = rest.subspan(words);
  if (rest.size() >= 2 && rest[0] == "remote" && rest[1] == "from") return true;
  return rest.size() <= 2 && std::all_of(rest.begin(), rest.end(), is_zone);
}

bool names_sender(Rest address) {
  if (address.size() == 1) return true;
  return std::any_of(address.begin(), address.end(),
                     [](std::string_view word) { return word == "at" || word.find('@') != word.npos; });
}

bool is_dateless(Rest words) {
  if (words.empty()) return true;
  return words.size() == 1 && (words[0] == "-" || words[0] == "MAILER-DAEMON" || words[0].find('@') != words[0].npos);
}

}  // namespace

bool begins_message(std::string_view text) {
  if (!text.starts_with("From ")) return false;
  const size_t newline = text.find('\n');
  const size_t length = std::min(newline, text.size());
  if (length > kLineMax) return false;
  const Words split_words = split(text.substr(5, length - 5));
  const Rest words(split_words.word.data(), split_words.count);
  const bool headers_follow = newline != text.npos && is_mail_field(text.substr(newline + 1));
  for (size_t at = 0; at < words.size() && at <= kAddressWordsMax; ++at) {
    if (is_date(words.subspan(at))) return headers_follow || names_sender(words.first(at));
  }
  return headers_follow && is_dateless(words);
}

}  // namespace custos::source
