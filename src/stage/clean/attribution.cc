#include "stage/clean/attribution.h"

#include <algorithm>
#include <array>
#include <string>

#include "stage/clean/attribution_words.h"
#include "stage/clean/fold.h"
#include "stage/clean/stem_table.h"

namespace custos::stage::clean {
namespace {

constexpr size_t kWeakBytesMax = 120;
constexpr size_t kNamedBytesMax = 240;

using RowWords = std::array<std::string_view, kAttributionRows.size()>;

const StemTable& verbs() {
  static const RowWords kWords = [] {
    RowWords words;
    std::transform(kAttributionRows.begin(), kAttributionRows.end(), words.begin(),
                   [](auto& row) { return row.verbs; });
    return words;
  }();
  static const StemTable table(kWords);
  return table;
}

const StemTable& openers() {
  static const RowWords kWords = [] {
    RowWords words;
    std::transform(kAttributionRows.begin(), kAttributionRows.end(), words.begin(),
                   [](auto& row) { return row.openers; });
    return words;
  }();
  static const StemTable table(kWords);
  return table;
}

// Every attribution has one of these words, or an address.
const StemTable& signs() {
  static constexpr std::string_view kSplit = "escrito|quoting|zitat|citando";  // of two words, or in no row
  static const auto kWords = [] {
    std::array<std::string_view, kAttributionRows.size() + 1> words;
    words[0] = kSplit;
    std::transform(kAttributionRows.begin(), kAttributionRows.end(), words.begin() + 1,
                   [](auto& row) { return row.verbs; });
    return words;
  }();
  static const StemTable table(kWords);
  return table;
}

const StemTable& weekdays() {
  static constexpr std::string_view kGroups[] = {kWeekdays};
  static const StemTable table(kGroups);
  return table;
}

// Rows of languages whose attributions begin with the date itself.
uint32_t spaceless_rows() {
  uint32_t rows = 0;
  for (size_t i = 0; i < kAttributionRows.size(); ++i) rows |= kAttributionRows[i].spaceless ? uint32_t{1} << i : 0;
  return rows;
}

bool opens_with_date(std::string_view phrase) {
  if (!phrase.empty() && is_digit(phrase[0])) return true;
  const std::string_view first = without(phrase.substr(0, phrase.find_first_of(" ,")), ".");
  return weekdays().exactly(first) != 0;
}

// Own words about own words: "On 3 June 2024 at 10:05 I wrote:" in prose.
bool is_first_person(std::string_view phrase) {
  static constexpr std::string_view kOwn[] = {"i wrote",    "i said",     "we wrote",   "we said",      "ich schrieb",
                                              "habe ich",   "j'ai écrit", "je",         "nous avons",   "escribí",
                                              "ho scritto", "escrevi",    "schreef ik", "jeg skrev",    "jag skrev",
                                              "я написал",  "я написала", "я писал",    "wir schrieben"};
  return has_any_phrase(phrase, kOwn);
}

std::string_view without_colon(std::string_view phrase) {
  phrase = without(phrase, "*- ");
  if (phrase.ends_with("\xEF\xBC\x9A")) phrase.remove_suffix(3);
  if (phrase.ends_with(':')) phrase.remove_suffix(1);
  return without(phrase, " ");
}

// "Ada Lovelace <ada@example.org> wrote"
bool is_named(std::string_view joined, std::string_view phrase) {
  return phrase.size() <= kNamedBytesMax && (starts_upper(joined) || joined.starts_with('"')) &&
         phrase.find('<') != std::string_view::npos && has_address(phrase);
}

Strength dated_strength(std::string_view phrase, bool verb) {
  const bool address = has_address(phrase);
  if (!verb) return address ? Strength::kMedium : Strength::kNone;
  if (is_first_person(phrase)) return Strength::kWeak;
  const bool date = has_date(phrase);
  if (address || (date && has_time_of_day(phrase))) return Strength::kStrong;
  return date ? Strength::kMedium : Strength::kWeak;
}

std::string join(std::string_view text, const Lines& lines, size_t first, size_t last) {
  std::string joined;
  for (size_t i = first; i <= last; ++i) {
    if (!joined.empty()) joined += ' ';
    joined += lines[i].text(text);
  }
  return joined;
}

// The first line that an attribution may have that ends with line `last`; last + 1 where none may end there.
size_t first_of_window(const Lines& lines, size_t last) {
  size_t bytes = 0;
  size_t first = last + 1;
  for (size_t used = 0; used < kAttributionLinesMax && used <= last; ++used) {
    const Line& line = lines[last - used];
    bytes += line.end - line.content;
    if (line.blank() || line.depth != lines[last].depth || bytes > kAttributionBytesMax) break;
    first = last - used;
  }
  return first;
}

}  // namespace

Strength attribution_strength(std::string_view joined) {
  const std::string whole = folded(joined, kAttributionBytesMax);
  const std::string_view phrase = without_colon(whole);
  const bool dated = opens_with_date(phrase);
  const StemTable::Found verb = verbs().find_words(phrase);
  const bool verb_anywhere = verb.groups != 0;
  const bool verb_last = verb_anywhere && verb.end == phrase.size();
  const uint32_t opened = openers().prefixes(whole).groups | (has_date(phrase) ? spaceless_rows() : 0);
  if ((verb.groups & opened) != 0) return dated_strength(phrase, true);
  if (dated && (verb_anywhere || has_address(phrase))) return dated_strength(phrase, verb_anywhere);
  if (verb_last && is_named(joined, phrase)) return Strength::kStrong;
  if (verb_last && phrase.size() <= kWeakBytesMax) return Strength::kWeak;
  // mutt's "* Ada Lovelace <ada@example.org> [2024-06-03 10:05]:"
  if (phrase.size() <= kNamedBytesMax && has_address(phrase) && has_date(phrase)) return Strength::kMedium;
  const bool citing =
      phrase.starts_with("quoting ") || phrase.starts_with("zitat von ") || phrase.starts_with("citando ");
  return citing ? Strength::kMedium : Strength::kNone;
}

Attribution attribution_ending_at(std::string_view text, const Lines& lines, size_t last) {
  const size_t highest = first_of_window(lines, last);
  Attribution best{last, last, Strength::kNone};
  if (highest > last) return best;
  const std::string_view window = text.substr(lines[highest].content, lines[last].end - lines[highest].content);
  if (window.find('@') == std::string_view::npos && signs().find_words(window).groups == 0) return best;
  for (size_t first = last + 1; first-- > highest && best.strength != Strength::kStrong;) {
    const Strength strength = attribution_strength(join(text, lines, first, last));
    if (strength > best.strength) best = {first, last, strength};
  }
  return best;
}

}  // namespace custos::stage::clean
