#include "agent/retrieve/question_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "document/sentence.h"

namespace custos::agent {
namespace {

bool is_edge(char c) {
  constexpr std::string_view kEdges = ".,;:?!\"'()[]{}<>";
  return kEdges.find(c) != std::string_view::npos;
}

std::string lower_of(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return lower;
}

bool begins_capital(std::string_view text) {
  if (text.empty()) return false;
  if (text[0] >= 'A' && text[0] <= 'Z') return true;
  // À to Þ; Greek and Cyrillic capitals.
  const auto first = static_cast<unsigned char>(text[0]);
  const auto second = text.size() > 1 ? static_cast<unsigned char>(text[1]) : 0;
  return (first == 0xC3 && second < 0x9F) || (first == 0xCE && second >= 0x91 && second <= 0xA9) ||
         (first == 0xD0 && second < 0xB0);
}

int number_of(std::string_view text) {
  int number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && stop == text.data() + text.size() ? number : -1;
}

int day_of(std::string_view lower) {
  for (const std::string_view ending : {"st", "nd", "rd", "th"}) {
    if (lower.ends_with(ending)) {
      lower.remove_suffix(2);
      break;
    }
  }
  const int day = lower.size() <= 2 ? number_of(lower) : -1;
  return day >= 1 && day <= 31 ? day : -1;
}

int year_of(std::string_view lower) {
  const int year = lower.size() == 4 ? number_of(lower) : -1;
  return year >= 1970 && year <= 2099 ? year : -1;
}

int month_of(std::string_view lower) {
  constexpr std::array<std::string_view, 12> kMonths = {"january",   "february", "march",    "april",
                                                        "may",       "june",     "july",     "august",
                                                        "september", "october",  "november", "december"};
  for (size_t i = 0; i < kMonths.size(); ++i) {
    if (lower == kMonths[i] || (lower.size() == 3 && kMonths[i].starts_with(lower))) return static_cast<int>(i) + 1;
  }
  return -1;
}

bool is_iso_date(std::string_view text) {
  constexpr std::string_view kShape = "0000-00-00";
  if (text.size() != 7 && text.size() != 10) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool is_digit = text[i] >= '0' && text[i] <= '9';
    if (kShape[i] == '-' ? text[i] != '-' : !is_digit) return false;
  }
  return true;
}

}  // namespace

std::vector<QuestionWord> question_words(std::string_view text) {
  std::vector<QuestionWord> words;
  for (size_t at = 0; at < text.size();) {
    if (document::is_space(text[at])) {
      ++at;
      continue;
    }
    size_t end = at;
    while (end < text.size() && !document::is_space(text[end])) ++end;
    size_t first = at;
    size_t last = end;
    while (first < last && is_edge(text[first])) ++first;
    while (last > first && is_edge(text[last - 1])) --last;
    if (first < last) {
      const std::string_view word = text.substr(first, last - first);
      words.push_back({std::string(word),
                       lower_of(word),
                       {static_cast<uint32_t>(first), static_cast<uint32_t>(last)},
                       begins_capital(word),
                       last < end});
    }
    at = end;
  }
  return words;
}

std::optional<SpokenDate> date_at(const std::vector<QuestionWord>& words, size_t at) {
  const auto lower = [&](size_t i) { return i < words.size() ? std::string_view(words[i].lower) : std::string_view(); };
  if (is_iso_date(lower(at))) return SpokenDate{std::string(lower(at)), 1};
  if (const int month = month_of(lower(at)); month > 0) {
    const int day = day_of(lower(at + 1));
    if (const int year = year_of(lower(at + 2)); day > 0 && year > 0) {
      return SpokenDate{fmt::format("{}-{:02}-{:02}", year, month, day), 3};
    }
    const size_t year_at = lower(at + 1) == "of" ? at + 2 : at + 1;
    if (const int year = year_of(lower(year_at)); year > 0) {
      return SpokenDate{fmt::format("{}-{:02}", year, month), year_at - at + 1};
    }
    return std::nullopt;
  }
  if (const int day = day_of(lower(at)); day > 0) {
    const size_t month_at = lower(at + 1) == "of" ? at + 2 : at + 1;
    const int month = month_of(lower(month_at));
    if (const int year = year_of(lower(month_at + 1)); month > 0 && year > 0) {
      return SpokenDate{fmt::format("{}-{:02}-{:02}", year, month, day), month_at - at + 2};
    }
    return std::nullopt;
  }
  if (year_of(lower(at)) > 0) return SpokenDate{std::string(lower(at)), 1};
  return std::nullopt;
}

std::string_view language_named(std::string_view lower) {
  using Named = std::pair<std::string_view, std::string_view>;
  constexpr std::array<Named, 14> kLanguages = {{{"danish", "da"},
                                                 {"dutch", "nl"},
                                                 {"english", "en"},
                                                 {"finnish", "fi"},
                                                 {"french", "fr"},
                                                 {"german", "de"},
                                                 {"hungarian", "hu"},
                                                 {"italian", "it"},
                                                 {"norwegian", "no"},
                                                 {"polish", "pl"},
                                                 {"portuguese", "pt"},
                                                 {"russian", "ru"},
                                                 {"spanish", "es"},
                                                 {"swedish", "sv"}}};
  const auto found = std::ranges::find(kLanguages, lower, &Named::first);
  return found == kLanguages.end() ? std::string_view() : found->second;
}

}  // namespace custos::agent
