#include "agent/cite/facts.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "base/utf8.h"

namespace custos::agent {
namespace {

struct Word {
  std::string text;   // as written
  std::string lower;  // in small letters
  bool is_initial = false;
  bool has_digit = false;
  bool is_capital = false;  // begins with a capital letter
};

bool is_word_character(char32_t c) {
  return u_isalnum(static_cast<UChar32>(c)) != 0 || u_charType(static_cast<UChar32>(c)) == U_NON_SPACING_MARK;
}

bool is_joiner(char32_t c) {
  return c == '.' || c == ',' || c == ':' || c == '/' || c == '-' || c == '\'' || c == '@' || c == '_' || c == '&' ||
         c == 0x2019;
}

class WordReader {
 public:
  explicit WordReader(std::string_view text) : text_(text) {}

  std::optional<Word> next() {
    while (at_ < text_.size()) {
      const CodePoint c = utf8_decode(text_, at_);
      if (is_word_character(c.value)) return take();
      pass(c);
    }
    return std::nullopt;
  }

 private:
  void pass(CodePoint c) {
    const char32_t v = c.value;
    if (v == '.' || v == '!' || v == '?' || v == ':' || v == '"' || v == '*' || v == 0x201C || v == 0x2022) {
      is_initial_ = true;
    }
    if (v == '\n' || v == '-' || v == '>') is_initial_ = true;
    at_ += c.length;
  }

  Word take() {
    Word word;
    word.is_initial = std::exchange(is_initial_, false);
    word.is_capital = u_isupper(static_cast<UChar32>(utf8_decode(text_, at_).value)) != 0;
    while (at_ < text_.size()) {
      const CodePoint c = utf8_decode(text_, at_);
      if (!is_word_character(c.value) && !(is_joiner(c.value) && continues(at_ + c.length))) break;
      const bool is_apostrophe = c.value == 0x2019;
      word.has_digit = word.has_digit || u_isdigit(static_cast<UChar32>(c.value)) != 0;
      word.text.append(is_apostrophe ? "'" : text_.substr(at_, c.length));
      utf8_append(word.lower, is_apostrophe ? U'\'' : static_cast<char32_t>(u_tolower(static_cast<UChar32>(c.value))));
      at_ += c.length;
    }
    return word;
  }

  [[nodiscard]] bool continues(size_t at) const {
    return at < text_.size() && is_word_character(utf8_decode(text_, at).value);
  }

  std::string_view text_;
  size_t at_ = 0;
  bool is_initial_ = true;
};

constexpr std::array<std::string_view, 12> kMonths = {"january",   "february", "march",    "april",
                                                      "may",       "june",     "july",     "august",
                                                      "september", "october",  "november", "december"};

// 1 to 12; 0 for no month. "may" and "march" are months only with a capital.
int month_of(const Word& word) {
  const std::string_view lower = word.lower;
  if (lower.size() < 3 || word.has_digit) return 0;
  for (size_t i = 0; i < kMonths.size(); ++i) {
    const bool is_short = lower == kMonths[i].substr(0, 3) || (lower == "sept" && i == 8);
    if (lower != kMonths[i] && !is_short) continue;
    const bool is_word_too = lower == "may" || lower == "march" || lower == "mar" || lower == "dec" || lower == "jan";
    return is_word_too && !word.is_capital ? 0 : static_cast<int>(i) + 1;
  }
  return 0;
}

constexpr std::array<std::pair<std::string_view, int64_t>, 31> kNumberWords = {{
    {"two", 2},
    {"three", 3},
    {"four", 4},
    {"five", 5},
    {"six", 6},
    {"seven", 7},
    {"eight", 8},
    {"nine", 9},
    {"ten", 10},
    {"eleven", 11},
    {"twelve", 12},
    {"thirteen", 13},
    {"fourteen", 14},
    {"fifteen", 15},
    {"sixteen", 16},
    {"seventeen", 17},
    {"eighteen", 18},
    {"nineteen", 19},
    {"twenty", 20},
    {"thirty", 30},
    {"forty", 40},
    {"fifty", 50},
    {"sixty", 60},
    {"seventy", 70},
    {"eighty", 80},
    {"ninety", 90},
    {"dozen", 12},
    {"hundred", 100},
    {"thousand", 1000},
    {"million", 1'000'000},
    {"billion", 1'000'000'000},
}};

int64_t number_word(std::string_view lower) {
  const auto found = std::ranges::find(kNumberWords, lower, &std::pair<std::string_view, int64_t>::first);
  return found == kNumberWords.end() ? 0 : found->second;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string without_leading_zeros(std::string_view digits) {
  const size_t first = digits.find_first_not_of('0');
  if (first == std::string_view::npos) return "0";
  std::string text(digits.substr(digits[first] == '.' && first > 0 ? first - 1 : first));
  if (text.find('.') == std::string::npos) return text;
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

// "45,000" without the comma; a comma elsewhere stays.
std::string without_thousands(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto digits_after = [&] {
      size_t n = 0;
      while (i + 1 + n < text.size() && is_digit(text[i + 1 + n])) ++n;
      return n;
    };
    if (text[i] == ',' && i > 0 && is_digit(text[i - 1]) && digits_after() == 3) continue;
    out += text[i];
  }
  return out;
}

// What may follow a number without a space: an ordinal's ending, or what it is multiplied by.
std::optional<int64_t> unit_of(std::string_view suffix) {
  if (suffix == "st" || suffix == "nd" || suffix == "rd" || suffix == "th" || suffix == "am" || suffix == "pm")
    return 1;
  if (suffix == "k") return 1000;
  if (suffix == "m" || suffix == "mm" || suffix == "mn") return 1'000'000;
  if (suffix == "b" || suffix == "bn") return 1'000'000'000;
  return std::nullopt;
}

std::string multiplied(std::string_view number, int64_t unit) {
  double value = 0;
  const auto [stop, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (error != std::errc() || value * static_cast<double>(unit) > 9e15) return std::string(number);
  return std::to_string(static_cast<int64_t>(value * static_cast<double>(unit) + 0.5));
}

bool is_number_byte(char c) { return is_digit(c) || c == '.' || c == ':'; }

// The numbers of a word with digits: the parts of a date or telephone number one by one; "p-51a" whole.
std::vector<std::string> numbers_of(const std::string& lower) {
  std::vector<std::string> numbers;
  const std::string plain = without_thousands(lower);
  for (size_t at = 0; at < plain.size();) {
    size_t end = std::min(plain.find_first_of("-/,_&", at), plain.size());
    const std::string_view piece = std::string_view(plain).substr(at, end - at);
    at = end + 1;
    size_t digits = 0;
    while (digits < piece.size() && is_number_byte(piece[digits])) ++digits;
    if (digits == 0) {
      if (std::ranges::any_of(piece, is_digit)) numbers.emplace_back(piece);
      continue;
    }
    std::string number(piece.substr(0, digits));
    if (std::ranges::count(number, '.') > 1 || number.find(':') != std::string::npos) {
      numbers.push_back(std::move(number));
      continue;
    }
    number = without_leading_zeros(number);
    if (digits == piece.size()) {
      numbers.push_back(std::move(number));
    } else if (const auto unit = unit_of(piece.substr(digits))) {
      numbers.push_back(*unit == 1 ? std::move(number) : multiplied(number, *unit));
    } else {
      numbers.emplace_back(piece);
    }
  }
  return numbers;
}

bool is_scale(std::string_view lower) {
  return lower == "hundred" || lower == "thousand" || lower == "million" || lower == "billion";
}

std::string without_possessive(std::string lower) {
  if (lower.ends_with("'s")) lower.resize(lower.size() - 2);
  return lower;
}

class FactCollector {
 public:
  void add(const Word& word) {
    const std::string lower = without_possessive(word.lower);
    out_.words.push_back(lower);
    remember(lower);
    if (word.has_digit) return add_numbers(word.lower);
    if (const int month = month_of(word)) {
      add_fact(Fact::Kind::kMonth, std::to_string(month));
    } else if (const int64_t value = number_word(lower)) {
      add_number_word(lower, value);
    } else if (word.is_capital && lower != "i" && !lower.starts_with("i'")) {
      return out_.facts.push_back({Fact::Kind::kName, lower, word.is_initial}), void(last_is_number_ = false);
    }
    last_is_number_ = number_word(lower) != 0;
  }

  TextFacts take() { return std::move(out_); }

 private:
  void add_fact(Fact::Kind kind, std::string value) { out_.facts.push_back({kind, std::move(value), false}); }

  void remember(const std::string& lower) {
    out_.known.insert(lower);
    for (size_t at = 0; at < lower.size();) {
      const size_t end = std::min(lower.find_first_of("-./@_&:,", at), lower.size());
      if (end > at) out_.known.insert(lower.substr(at, end - at));
      at = end + 1;
    }
  }

  void add_numbers(const std::string& lower) {
    for (std::string& number : numbers_of(lower)) add_fact(Fact::Kind::kNumber, std::move(number));
    last_is_number_ = true;
  }

  // "45 thousand" is one number.
  void add_number_word(const std::string& lower, int64_t value) {
    if (last_is_number_ && is_scale(lower) && !out_.facts.empty() && out_.facts.back().kind == Fact::Kind::kNumber) {
      out_.facts.back().value = multiplied(out_.facts.back().value, value);
    } else {
      add_fact(Fact::Kind::kNumber, std::to_string(value));
    }
  }

  TextFacts out_;
  bool last_is_number_ = false;
};

bool has_name(const TextFacts& cited, const std::string& name) {
  if (cited.known.contains(name) || cited.known.contains(name + "s")) return true;
  return name.size() > 3 && name.ends_with('s') && cited.known.contains(name.substr(0, name.size() - 1));
}

}  // namespace

TextFacts facts_of(std::string_view text) {
  FactCollector collector;
  WordReader reader(text);
  while (const std::optional<Word> word = reader.next()) collector.add(*word);
  return collector.take();
}

bool has_fact(const TextFacts& cited, const Fact& fact) {
  // "5/14/2001" says May, and "May" is the 5 of "2001-05-14".
  const auto is_same = [&](const Fact& other) { return other.kind != Fact::Kind::kName && other.value == fact.value; };
  if (fact.kind != Fact::Kind::kName) return std::ranges::any_of(cited.facts, is_same);
  if (has_name(cited, fact.value)) return true;
  // "Day-ahead", "R.Lay": each part.
  size_t parts = 0;
  for (size_t at = 0; at < fact.value.size();) {
    const size_t end = std::min(fact.value.find_first_of("-./@_&", at), fact.value.size());
    if (end > at && !has_name(cited, fact.value.substr(at, end - at))) return false;
    ++parts;
    at = end + 1;
  }
  return parts > 1;
}

}  // namespace custos::agent
