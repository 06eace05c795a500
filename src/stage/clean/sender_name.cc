#include "stage/clean/sender_name.h"

#include <algorithm>

#include "stage/clean/fold.h"

namespace custos::stage::clean {
namespace {

constexpr size_t kWordsMax = 8;
constexpr size_t kLineBytesMax = 60;
constexpr size_t kLineWordsMax = 5;
constexpr size_t kNicknameBytesMin = 3;
constexpr std::string_view kParticles[] = {"van", "von", "de",  "der", "den", "da", "di", "del", "la", "le",  "el",
                                           "al",  "bin", "dos", "do",  "af",  "av", "zu", "y",   "e",  "ten", "ter"};

// A short form that is not the beginning of the name.
struct ShortForm {
  std::string_view used;
  std::string_view name;
};
constexpr ShortForm kShortForms[] = {
    {"dave", "david"},       {"bob", "robert"},      {"rob", "robert"},       {"bill", "william"},
    {"will", "william"},     {"jim", "james"},       {"jimmy", "james"},      {"mike", "michael"},
    {"mick", "michael"},     {"dick", "richard"},    {"rick", "richard"},     {"tony", "anthony"},
    {"andy", "andrew"},      {"larry", "lawrence"},  {"peggy", "margaret"},   {"meg", "margaret"},
    {"jack", "john"},        {"johnny", "john"},     {"chuck", "charles"},    {"charlie", "charles"},
    {"kate", "katherine"},   {"kathy", "katherine"}, {"kathy", "kathleen"},   {"liz", "elizabeth"},
    {"beth", "elizabeth"},   {"betty", "elizabeth"}, {"steve", "stephen"},    {"ted", "theodore"},
    {"ned", "edward"},       {"harry", "henry"},     {"bart", "bartholomew"}, {"geoff", "geoffrey"},
    {"jerry", "gerald"},     {"joe", "joseph"},      {"terry", "theresa"},    {"sandy", "alexander"},
    {"sascha", "alexander"}, {"hans", "johannes"},   {"pepe", "josé"},        {"paco", "francisco"},
    {"саша", "александр"},   {"дима", "дмитрий"},    {"миша", "михаил"},      {"коля", "николай"},
    {"лена", "елена"},
};

bool is_separator(char c) { return !is_letter(c) && c != '\''; }

// The next word of `text` from `at`, which moves behind it; empty at the end.
std::string_view next_name(std::string_view text, size_t& at) {
  while (at < text.size() && is_separator(text[at])) ++at;
  const size_t begin = at;
  while (at < text.size() && !is_separator(text[at])) ++at;
  return text.substr(begin, at - begin);
}

}  // namespace

SenderName::SenderName(std::string_view name, std::string_view address) {
  add_words(name.substr(0, name.find('@')));
  add_words(address.substr(0, address.find('@')));
}

void SenderName::add_words(std::string_view text) {
  const std::string phrase = folded(text, 200);
  for (size_t at = 0; words_.size() < kWordsMax;) {
    const std::string_view word = next_name(phrase, at);
    if (word.empty()) break;
    if (std::find(words_.begin(), words_.end(), word) == words_.end()) add_word(word);
  }
}

void SenderName::add_word(std::string_view word) {
  words_.emplace_back(word);
  for (const ShortForm& form : kShortForms) {
    if (form.name == word) short_forms_.push_back(form.used);
  }
}

bool SenderName::has_word(std::string_view word) const {
  if (std::find(short_forms_.begin(), short_forms_.end(), word) != short_forms_.end()) return true;
  return std::any_of(words_.begin(), words_.end(), [&](const std::string& known) {
    if (word.size() == 1) return known[0] == word[0];
    return word.size() >= kNicknameBytesMin ? known.starts_with(word) : known == word;
  });
}

bool SenderName::is(std::string_view line) const {
  if (words_.empty() || line.empty() || line.size() > kLineBytesMax) return false;
  if (std::any_of(line.begin(), line.end(), is_digit) || line.find_first_of("@:?/<>") != std::string_view::npos)
    return false;
  const std::string phrase = folded(line);
  size_t words = 0;
  bool all_known = true;
  bool long_known = false;
  for (size_t at = 0; all_known || words == 1;) {
    const std::string_view word = next_name(phrase, at);
    if (word.empty()) break;
    if (++words > kLineWordsMax) return false;
    const bool known = has_word(word);
    all_known = all_known && known;
    long_known = long_known || (known && word.size() >= kNicknameBytesMin);
  }
  if (words == 0) return false;
  if (all_known && long_known) return true;
  const bool initials = words == 1 && phrase.size() >= 2 && phrase.size() <= 3 && words_.size() >= 2 &&
                        phrase.front() == words_.front()[0];
  return initials && (phrase.back() == words_[1][0] || phrase.back() == words_.back()[0]);
}

bool is_name(std::string_view line) {
  line = without(line, "*_ ,");
  if (line.empty() || line.size() > kLineBytesMax || line.find_first_of("@:?!/<>()=\";") != std::string_view::npos)
    return false;
  if (std::any_of(line.begin(), line.end(), is_digit) || (line.ends_with('.') && line.size() > 3)) return false;
  size_t words = 0;
  for (size_t at = 0;;) {
    const std::string_view word = next_word(line, at);
    if (word.empty()) break;
    const bool particle = std::find(std::begin(kParticles), std::end(kParticles), word) != std::end(kParticles);
    if (!particle && !(is_letter(word[0]) && starts_upper(word))) return false;
    ++words;
  }
  return words <= 4;
}

}  // namespace custos::stage::clean
