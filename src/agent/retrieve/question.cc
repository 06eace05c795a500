#include "agent/retrieve/question.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "agent/cite/function_words.h"
#include "agent/retrieve/question_words.h"

namespace custos::agent {
namespace {

using Words = std::vector<QuestionWord>;

constexpr size_t kNameWordsMax = 3;
constexpr size_t kPersonsMax = 50;  // a name that more persons have says too little

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}

bool says(std::string_view lower) {
  return is_one_of(lower, {"announce",  "announced", "answer",   "answered",  "ask",      "asked",      "claim",
                           "claimed",   "confirm",   "demand",   "demanded",  "explain",  "explained",  "forward",
                           "forwarded", "instruct",  "mention",  "mentioned", "offer",    "offered",    "order",
                           "ordered",   "promise",   "promised", "propose",   "proposed", "reply",      "replied",
                           "request",   "requested", "said",     "say",       "says",     "send",       "sent",
                           "suggest",   "suggested", "tell",     "think",     "threaten", "threatened", "told",
                           "want",      "wanted",    "warn",     "warned",    "write",    "writes",     "wrote"});
}

bool means_mail(std::string_view lower) {
  return is_one_of(lower, {"e-mail", "e-mails", "email", "emailed", "emails",   "forwarded", "letter",  "letters",
                           "mail",   "mailed",  "mails", "message", "messages", "note",      "replied", "reply",
                           "send",   "sending", "sends", "sent",    "write",    "writes",    "written", "wrote"});
}

// Words without the operators of the query language.
void append_plain(std::string_view word, std::string& out) {
  std::string plain;
  for (const char c : word) plain += std::string_view("\"()*:=").find(c) == std::string_view::npos ? c : ' ';
  while (!plain.empty() && (plain.front() == '-' || plain.front() == '+')) plain.erase(0, 1);
  if (plain.empty()) return;
  if (is_one_of(plain, {"AND", "OR", "NOT"}) || plain.starts_with("NEAR")) {
    for (char& c : plain) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  out.append(out.empty() ? "" : " ").append(plain);
}

class Reader {
 public:
  Reader(Question& question, const People& people)
      : question_(question), people_(people), words_(question_words(question.text)), taken_(words_.size(), false) {}

  Status read(bool understand) {
    for (size_t at = 0; understand && at < words_.size();) {
      ASSIGN_OR_RETURN(const size_t next, read_at(at));
      at = std::max(next, at + 1);
    }
    for (size_t i = 0; i < words_.size(); ++i) {
      if (taken_[i]) continue;
      append_plain(words_[i].text, question_.words);
      if (!is_question_word(words_[i].lower)) append_plain(words_[i].text, question_.telling);
    }
    return {};
  }

 private:
  [[nodiscard]] std::string_view lower(size_t at) const {
    return at < words_.size() ? std::string_view(words_[at].lower) : std::string_view();
  }
  [[nodiscard]] std::string_view before(size_t at, size_t back = 1) const {
    return at >= back ? std::string_view(words_[at - back].lower) : std::string_view();
  }

  // The word after what was understood; `at` where nothing was.
  Result<size_t> read_at(size_t at) {
    if (const size_t next = read_marks(at); next > at) return next;
    if (const size_t next = read_dates(at); next > at) return next;
    if (const size_t next = read_denial(at); next > at) return next;
    return read_person(at);
  }

  size_t read_marks(size_t at) {
    if (is_one_of(lower(at), {"attachment", "attachments"}) && is_one_of(before(at), {"with", "an", "has", "have"})) {
      return add("has", "attachment", before(at) == "an" && before(at, 2) == "with" ? at - 2 : at - 1, at + 1, false);
    }
    const std::string_view language = lower(at) == "in" ? language_named(lower(at + 1)) : std::string_view();
    return language.empty() ? at : add("lang", std::string(language), at, at + 2, false);
  }

  size_t read_dates(size_t at) {
    const std::string_view how = lower(at);
    if (how == "between") return read_period(at);
    if (!is_one_of(how, {"in", "on", "during", "since", "after", "before", "until", "till"})) return at;
    const size_t first = lower(at + 1) == "the" ? at + 2 : at + 1;
    const std::optional<SpokenDate> date = date_at(words_, first);
    if (!date) return at;
    const size_t end = first + date->words;
    if (is_one_of(how, {"since", "after"})) return add("after", date->value, at, end, false);
    if (how == "before") return add("before", date->value, at, end, false);
    if (is_one_of(how, {"until", "till"})) return add("until", date->value, at, end, false);
    return add("on", date->value, at, end, false);
  }

  size_t read_period(size_t at) {
    const std::optional<SpokenDate> first = date_at(words_, at + 1);
    if (!first || lower(at + 1 + first->words) != "and") return at;
    const size_t second_at = at + 2 + first->words;
    const std::optional<SpokenDate> second = date_at(words_, second_at);
    if (!second) return at;
    add("after", first->value, at, second_at, false);
    return add("until", second->value, second_at, second_at + second->words, false);
  }

  // "without lunch", "excluding lunch", "not about lunch", "not mentioning lunch".
  size_t read_denial(size_t at) {
    size_t word = 0;
    if (is_one_of(lower(at), {"without", "excluding", "except"})) word = at + 1;
    if (lower(at) == "not" && is_one_of(lower(at + 1), {"about", "mentioning", "containing"})) word = at + 2;
    if (word == 0) return at;
    if (is_one_of(lower(word), {"about", "for", "the", "any", "mentioning"})) ++word;
    if (word >= words_.size() || is_function_word(lower(word))) return at;
    if (lower(word).starts_with("attachment")) return add("has", "attachment", at, word + 1, true);
    if (words_[word].is_capital && is_one_of(lower(at), {"excluding", "except"})) return at;
    std::string plain;
    append_plain(words_[word].text, plain);
    if (plain.empty() || plain.find(' ') != std::string::npos) return at;
    return add("word", std::move(plain), at, word + 1, true);
  }

  Result<size_t> read_person(size_t at) {
    const std::string_view scope = person_scope(at);
    if (scope.empty()) return at;
    for (size_t count = longest_name(at); count > 0; --count) {
      const std::string_view said = scope == "by-verb" ? verb_scope(at, count) : scope;
      if (said.empty()) continue;
      std::string name = name_of(at, count);
      ASSIGN_OR_RETURN(const size_t persons, people_.count(name));
      if (persons > 0 && persons <= kPersonsMax) return add_person(said, std::move(name), at, count);
    }
    return at;
  }

  // Which filter a name at `at` would be by the words before it; "by-verb" where those behind it decide.
  [[nodiscard]] std::string_view person_scope(size_t at) const {
    const std::string_view previous = before(at);
    if (is_function_word(lower(at)) || lower(at).size() < 2) return {};
    if (is_one_of(previous, {"from", "by"})) return "from";
    if (previous == "to") {
      for (size_t back = 2; back <= 4; ++back) {
        if (means_mail(before(at, back))) return "to";
      }
      return {};
    }
    if (previous == "between" || (previous == "and" && between_)) return "with";
    if (previous == "with" && (means_mail(before(at, 2)) ||
                               is_one_of(before(at, 2), {"conversation", "correspondence", "exchange", "thread"}))) {
      return "with";
    }
    if (is_one_of(previous, {"except", "excluding"}) && words_[at].is_capital) return "not-from";
    return "by-verb";
  }

  // "did X say", "X wrote", "X's mails".
  [[nodiscard]] std::string_view verb_scope(size_t at, size_t count) const {
    const std::string_view next = lower(at + count);
    if (words_[at + count - 1].lower.ends_with("'s")) return means_mail(next) ? "from" : "";
    const bool is_asked = is_one_of(before(at), {"did", "does", "do", "has", "had", "will", "would"});
    if (!says(next)) return "";
    return is_asked || words_[at].is_capital ? "from" : "";
  }

  [[nodiscard]] size_t longest_name(size_t at) const {
    if (lower(at).find('@') != std::string_view::npos) return 1;
    size_t count = 0;
    while (count < kNameWordsMax && at + count < words_.size() && is_name_word(at + count)) {
      const bool ends = words_[at + count].ends_clause || words_[at + count].lower.ends_with("'s");
      ++count;
      if (ends) break;
    }
    return count;
  }

  // In a question in small letters, a name may be small too, right before its verb.
  [[nodiscard]] bool is_name_word(size_t at) const {
    if (words_[at].is_capital) return true;
    return !is_question_word(lower(at)) && !says(lower(at)) && lower(at).size() > 2;
  }

  [[nodiscard]] std::string name_of(size_t at, size_t count) const {
    std::string name;
    for (size_t i = at; i < at + count; ++i) name.append(name.empty() ? "" : " ").append(words_[i].text);
    if (name.ends_with("'s")) name.resize(name.size() - 2);
    std::erase(name, '"');
    return name;
  }

  size_t add_person(std::string_view scope, std::string name, size_t at, size_t count) {
    between_ = scope == "with";
    const bool is_excluded = scope == "not-from";
    const bool names_scope = scope != "with" && is_one_of(before(at), {"from", "by", "to"});
    const size_t first = names_scope || is_excluded ? at - 1 : at;
    const bool denied = is_excluded || (first > 0 && lower(first - 1) == "not" && names_scope);
    return add(is_excluded ? "from" : std::string(scope), std::move(name), denied && !is_excluded ? first - 1 : first,
               at + count, denied);
  }

  size_t add(std::string scope, std::string value, size_t first, size_t end, bool denied) {
    const document::Span span{words_[first].span.begin, words_[end - 1].span.end};
    question_.filters.push_back({std::move(scope), std::move(value), denied, span});
    std::fill(taken_.begin() + static_cast<std::ptrdiff_t>(first), taken_.begin() + static_cast<std::ptrdiff_t>(end),
              true);
    return end;
  }

  Question& question_;
  const People& people_;
  const Words words_;
  std::vector<bool> taken_;
  bool between_ = false;
};

std::string filter_text(const QuestionFilter& filter) {
  const std::string_view sign = filter.denied ? "-" : "";
  if (filter.scope == "word") return fmt::format("-{}", filter.value);
  if (filter.scope == "until") return fmt::format("(before:{0} OR on:{0})", filter.value);
  const bool is_person = filter.scope == "from" || filter.scope == "to" || filter.scope == "with";
  return is_person ? fmt::format("{}{}:\"{}\"", sign, filter.scope, filter.value)
                   : fmt::format("{}{}:{}", sign, filter.scope, filter.value);
}

}  // namespace

std::string Question::query(bool telling_only) const {
  std::string query;
  for (const QuestionFilter& filter : filters) query.append(query.empty() ? "" : " ").append(filter_text(filter));
  const std::string& rest = telling_only ? telling : words;
  return query.append(query.empty() || rest.empty() ? "" : " ").append(rest);
}

Result<Question> read_question(std::string_view text, const People& people, bool understand) {
  if (text.size() > kQuestionBytesMax) {
    return Error{Code::kLimit, fmt::format("the question has more than {} bytes", kQuestionBytesMax)};
  }
  Question question;
  question.text = text;
  RETURN_IF_ERROR(Reader(question, people).read(understand));
  return question;
}

}  // namespace custos::agent
