#include "stage/tokenize/word_splitter.h"

#include <algorithm>
#include <array>

#include "stage/tokenize/text_scan.h"

namespace custos::stage {
namespace {

constexpr char kFinalStop = '\xff';  // never in UTF-8: stands for the final full stop until its rule's turn
constexpr auto npos = std::string_view::npos;

constexpr ByteSet kPaddedFirst(";@#$%&");
constexpr ByteSet kPaddedNext("?!");
constexpr ByteSet kPaddedLast("*");
constexpr ByteSet kBrackets("[](){}<>");

constexpr std::array<Contraction, 2> kTis = {{{"'tis", 2}, {"'twas", 2}}};

// A contraction that begins at `at`, with a word's edge on both sides.
const Contraction* contraction_at(std::string_view text, size_t at) {
  const Contraction* entry = contraction_letters_at(text, at);
  if (entry == nullptr) return nullptr;
  const size_t end = at + entry->word.size();
  if (is_word_at(text, end) || is_word_before(text, at)) return nullptr;
  const bool needs_space = entry->word.front() == 'w';
  return !needs_space || (end < text.size() && text[end] == ' ') ? entry : nullptr;
}

bool starts_at(std::string_view text, size_t at, std::string_view what) {
  return at <= text.size() && text.substr(at).starts_with(what);
}

void put_padded(std::string& out, std::string_view what) {
  out += ' ';
  out += what;
  out += ' ';
}

// `'` here begins re, ve, ll, m, t, s, d or n, and these end a word.
bool begins_clitic(std::string_view text, size_t at) {
  for (const std::string_view clitic : {"re", "ve", "ll", "m", "t", "s", "d", "n"}) {
    if (has_lower_at(text, at, clitic) && !is_word_at(text, at + clitic.size())) return true;
  }
  return false;
}

}  // namespace

void WordSplitter::split(const Word& word, document::TokenList& out) {
  load(word);
  if ((word.marks & (kQuote | kApostrophe | kBacktick | kOpenQuote)) != 0) open_quotes(word);
  if (word.final_stop != npos) final_stop();
  punctuation(word);
  close_quotes(word);
  contractions(word);
  emit(word, out);
}

void WordSplitter::load(const Word& word) {
  text_.clear();
  next_.clear();
  if (word.before != Edge::kNone) text_ += static_cast<char>(word.before);
  const size_t begin = text_.size();
  text_ += word.text;
  if (word.final_stop != npos) text_[begin + word.final_stop] = kFinalStop;
  if (word.after != Edge::kNone) text_ += static_cast<char>(word.after);
}

void WordSplitter::open_quotes(const Word& word) {
  for (size_t i = 0; i < text_.size();) {
    size_t length = opening_quote_length(text_, i);
    while (length < 3 && i + length < text_.size() && text_[i] == '`' && text_[i + length] == '`') ++length;
    if (text_[i] == '`') length = std::min(text_.find_first_not_of('`', i), text_.size()) - i;
    if (length > 0) {
      put_padded(next_, std::string_view(text_).substr(i, length));
    } else {
      next_ += text_[i];
      length = 1;
    }
    i += length;
  }
  swap();
  if (word.before == Edge::kNone && text_.starts_with('"')) text_.replace(0, 1, "``");
  for (size_t i = 0; i < text_.size();) {
    const bool is_pair = starts_at(text_, i, "``");
    if (is_pair) {
      put_padded(next_, "``");
    } else {
      next_ += text_[i];
    }
    i += is_pair ? 2 : 1;
  }
  swap();
  for (size_t i = 0; i < text_.size();) {
    const char c = text_[i];
    next_ += c;
    ++i;
    if (c != ' ' && c != '(' && c != '[' && c != '{' && c != '<') continue;
    const size_t quote = starts_at(text_, i, "\"") ? 1 : starts_at(text_, i, "''") ? 2 : 0;
    if (quote > 0) put_padded(next_, "``");
    i += quote;
  }
  swap();
  if ((word.marks & kApostrophe) != 0) separate_opening_apostrophes();
}

void WordSplitter::separate_opening_apostrophes() {
  for (size_t i = 0; i < text_.size(); ++i) {
    next_ += text_[i];
    if (text_[i] != '\'' || is_word_before(text_, i) || !is_word_at(text_, i + 1)) continue;
    if (!begins_clitic(text_, i + 1)) next_ += ' ';
  }
  swap();
}

void WordSplitter::final_stop() {
  const size_t at = text_.find(kFinalStop);
  if (at != std::string::npos) text_.replace(at, 1, " . ");
}

void WordSplitter::punctuation(const Word& word) {
  if ((word.marks & kComma) != 0) commas(word);
  const auto pad_each = [this](const ByteSet& set) {
    for (const char c : text_) {
      if (set.has(c)) {
        put_padded(next_, std::string_view(&c, 1));
      } else {
        next_ += c;
      }
    }
    swap();
  };
  const auto pad_runs = [this](auto&& length_at) {
    for (size_t i = 0; i < text_.size();) {
      const size_t length = length_at(std::string_view(text_), i);
      if (length > 0) put_padded(next_, std::string_view(text_).substr(i, length));
      if (length == 0) next_ += text_[i];
      i += std::max<size_t>(length, 1);
    }
    swap();
  };
  if ((word.marks & kDots) != 0) {
    pad_runs([](std::string_view text, size_t at) {
      const size_t run = std::min(text.find_first_not_of('.', at), text.size()) - at;
      return run >= 2 ? run : 0;
    });
  }
  if ((word.marks & kPadded) != 0) pad_each(kPaddedFirst);
  if ((word.marks & kDashes) != 0) pad_runs([](std::string_view text, size_t at) { return dash_length(text, at); });
  if ((word.marks & kPadded) != 0) pad_each(kPaddedNext);
  if ((word.marks & kApostrophe) != 0) lone_apostrophes();
  if ((word.marks & kPadded) != 0) pad_each(kPaddedLast);
  if ((word.marks & kBracket) != 0) pad_each(kBrackets);
  if ((word.marks & kDashes) != 0) {
    pad_runs([](std::string_view text, size_t at) -> size_t { return starts_at(text, at, "--") ? 2 : 0; });
  }
}

// A comma or colon before a digit stays: the rule takes the character after it along, so that of two only the first is
// set apart.
void WordSplitter::commas(const Word& word) {
  for (size_t i = 0; i < text_.size(); ++i) {
    const bool is_mark = text_[i] == ',' || text_[i] == ':';
    if (!is_mark || i + 1 >= text_.size() || is_digit_at(text_, i + 1)) {
      next_ += text_[i];
      continue;
    }
    put_padded(next_, std::string_view(text_).substr(i, 1));
    next_ += text_[++i];
  }
  swap();
  const bool at_newline = word.after == Edge::kLastNewline && text_.ends_with('\n');
  const size_t last = text_.size() - (at_newline ? 2 : 1);
  if (text_.size() <= (at_newline ? 1U : 0U) || (word.after != Edge::kNone && !at_newline)) return;
  const char mark = text_[last];
  if (mark == ',' || mark == ':') text_.replace(last, 1, {' ', mark, ' '});
}

// A space goes between any other character and an apostrophe with a space after it.
void WordSplitter::lone_apostrophes() {
  for (size_t i = 0; i < text_.size();) {
    next_ += text_[i];
    const bool is_lone = text_[i] != '\'' && starts_at(text_, i + 1, "' ");
    if (is_lone) next_ += " ' ";
    i += is_lone ? 3 : 1;
  }
  swap();
}

void WordSplitter::close_quotes(const Word& word) {
  if (word.before == Edge::kNone) text_.insert(text_.begin(), ' ');
  if (word.after == Edge::kNone) text_ += ' ';
  std::replace_if(
      text_.begin(), text_.end(), [](char c) { return c == '\t' || c == '\n'; }, ' ');
  if ((word.marks & (kQuote | kApostrophe | kCloseQuote)) == 0) return;
  for (size_t i = 0; i < text_.size();) {
    const size_t length = closing_quote_length(text_, i);
    if (length > 0) {
      put_padded(next_, std::string_view(text_).substr(i, length));
    } else {
      next_ += text_[i];
    }
    i += std::max<size_t>(length, 1);
  }
  swap();
  for (size_t i = 0; i < text_.size();) {
    const bool is_pair = starts_at(text_, i, "''");
    if (is_pair || text_[i] == '"') {
      put_padded(next_, "''");
    } else {
      next_ += text_[i];
    }
    i += is_pair ? 2 : 1;
  }
  swap();
  if ((word.marks & kApostrophe) == 0) return;
  clitics();
  long_clitics();
}

// ([^' ])('[sS]|'[mM]|'[dD]|')␣
void WordSplitter::clitics() {
  for (size_t i = 0; i < text_.size();) {
    next_ += text_[i];
    size_t length = 0;
    if (text_[i] != '\'' && text_[i] != ' ' && starts_at(text_, i + 1, "'")) {
      const bool has_letter = i + 2 < text_.size() && std::string_view("sSmMdD").find(text_[i + 2]) != npos;
      if (has_letter && starts_at(text_, i + 3, " ")) length = 2;
      if (starts_at(text_, i + 2, " ")) length = 1;
    }
    if (length > 0) put_padded(next_, std::string_view(text_).substr(i + 1, length));
    i += length > 0 ? length + 2 : 1;
  }
  swap();
}

// ([^' ])('ll|'LL|'re|'RE|'ve|'VE|n't|N'T)␣
void WordSplitter::long_clitics() {
  constexpr std::array<std::string_view, 8> kClitics = {"'ll", "'LL", "'re", "'RE", "'ve", "'VE", "n't", "N'T"};
  for (size_t i = 0; i < text_.size();) {
    next_ += text_[i];
    const std::string_view candidate = std::string_view(text_).substr(i + 1, 3);
    const bool is_before = text_[i] != '\'' && text_[i] != ' ' && starts_at(text_, i + 4, " ");
    const bool is_clitic = is_before && std::find(kClitics.begin(), kClitics.end(), candidate) != kClitics.end();
    if (is_clitic) put_padded(next_, candidate);
    i += is_clitic ? 5 : 1;
  }
  swap();
}

void WordSplitter::contractions(const Word& word) {
  split_in_two([this](size_t at) { return contraction_at(text_, at); });
  if ((word.marks & kApostrophe) == 0) return;
  split_in_two([this](size_t at) -> const Contraction* {
    if (text_[at] != '\'' || at == 0 || text_[at - 1] != ' ') return nullptr;
    for (const Contraction& tis : kTis) {
      if (has_lower_at(text_, at, tis.word) && !is_word_at(text_, at + tis.word.size())) return &tis;
    }
    return nullptr;
  });
}

template <typename Find>
void WordSplitter::split_in_two(Find find_at) {
  size_t first = 0;
  while (first < text_.size() && find_at(first) == nullptr) ++first;
  if (first == text_.size()) return;
  next_.assign(text_, 0, first);
  for (size_t i = first; i < text_.size();) {
    const Contraction* found = find_at(i);
    if (found == nullptr) {
      next_ += text_[i++];
      continue;
    }
    const std::string_view word = std::string_view(text_).substr(i, found->word.size());
    put_padded(next_, word.substr(0, found->first));
    next_ += word.substr(found->first);
    next_ += ' ';
    i += word.size();
  }
  swap();
}

void WordSplitter::emit(const Word& word, document::TokenList& out) {
  std::string_view text = text_;
  if (word.before == Edge::kTag) text.remove_prefix(1);
  if (word.after == Edge::kTag) text.remove_suffix(1);
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    if (end > 0) out.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

}  // namespace custos::stage
