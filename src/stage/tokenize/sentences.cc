#include <algorithm>

#include "base/ascii.h"
#include "stage/tokenize/abbreviations.h"
#include "stage/tokenize/text_scan.h"
#include "stage/tokenize/tokenizer.h"

namespace custos::stage {
namespace {

using document::Span;

constexpr ByteSet kClosers(")]}>\"'");
constexpr ByteSet kOpeners("\"'([{<");
constexpr ByteSet kMarks(".?!");
constexpr ByteSet kBlanks(" \t\r");

class SentenceFinder {
 public:
  explicit SentenceFinder(std::string_view text) : text_(text) {}

  std::vector<Span> run() {
    size_t at = next_ender(0);
    while (at < text_.size()) at = next_ender(text_[at] == '\n' ? line_end(at) : mark(at));
    close(text_.size());
    return std::move(sentences_);
  }

 private:
  [[nodiscard]] size_t next_ender(size_t at) const {
    return find_first<BeyondAscii::kPassed, '.', '?', '!', '\n'>(text_, at);
  }

  // Ends the sentence before `end`, where there is one.
  void close(size_t end) {
    size_t begin = begin_;
    begin_ = end;
    while (begin < end) {
      const size_t space = space_length(text_, begin);
      if (space == 0) break;
      begin += space;
    }
    for (size_t space = 1; begin < end && space > 0; end -= space)
      space = space_length_before(text_.substr(0, end), end);
    if (begin < end) sentences_.push_back({static_cast<uint32_t>(begin), static_cast<uint32_t>(end)});
  }

  // An empty line ends a sentence. Where to go on.
  size_t line_end(size_t at) {
    size_t next = at + 1;
    while (next < text_.size() && kBlanks.has(text_[next])) ++next;
    if (next == text_.size() || text_[next] != '\n') return at + 1;
    close(at);
    return next;
  }

  // A run of . ? ! with what closes after it.
  size_t mark(size_t at) {
    size_t end = at;
    bool is_full_stop = true;
    for (; end < text_.size() && kMarks.has(text_[end]); ++end) is_full_stop &= text_[end] == '.';
    const size_t run = end - at;
    for (size_t closer = 1; closer > 0; end += closer) closer = closer_length(end);
    if (end < text_.size() && space_length(text_, end) == 0) return std::max(end, at + 1);
    if (!is_full_stop || ends_sentence(at, run, end)) close(end);
    return end;
  }

  [[nodiscard]] size_t closer_length(size_t at) const {
    if (at >= text_.size()) return 0;
    return kClosers.has(text_[at]) ? 1 : closing_quote_length(text_, at);
  }

  // Whether the full stops at `at` do; `end`: after them and what closes.
  [[nodiscard]] bool ends_sentence(size_t at, size_t run, size_t end) const {
    const std::string_view next = word_after(end);
    if (next.empty()) return true;
    if (run > 1) return next[0] < 'a' || next[0] > 'z';
    const std::string_view word = word_before(at);
    if (is_list_number(at, word)) return false;
    switch (find_abbreviation(word)) {
      case Abbreviation::kNone:
        return true;
      case Abbreviation::kInner:
        return false;
      case Abbreviation::kMayEnd:
        return is_sentence_starter(next);
      case Abbreviation::kBeforeDigit:
        return next[0] < '0' || next[0] > '9';
    }
    return true;
  }

  // "1." at the beginning of a line.
  [[nodiscard]] bool is_list_number(size_t at, std::string_view word) const {
    if (word.empty() || word.size() > 3) return false;
    if (!std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; })) return false;
    size_t before = at - word.size();
    while (before > 0 && (text_[before - 1] == ' ' || text_[before - 1] == '\t')) --before;
    return before == 0 || text_[before - 1] == '\n';
  }

  // Letters, digits and full stops; only as many as an abbreviation may have, and one more.
  [[nodiscard]] std::string_view word_before(size_t at) const {
    size_t begin = at;
    while (begin > 0 && at - begin < 17 && (ascii_is_alnum(text_[begin - 1]) || text_[begin - 1] == '.')) --begin;
    const bool is_whole = begin == 0 || static_cast<unsigned char>(text_[begin - 1]) < 0x80;
    return is_whole ? text_.substr(begin, at - begin) : std::string_view();
  }

  // The next word in this paragraph, without opening quotes and brackets; empty where there is none.
  [[nodiscard]] std::string_view word_after(size_t at) const {
    int lines = 0;
    while (at < text_.size()) {
      if (text_[at] == '\n' && ++lines == 2) return {};
      const size_t space = space_length(text_, at);
      if (space == 0) break;
      at += space;
    }
    while (at + 1 < text_.size() && kOpeners.has(text_[at])) ++at;
    size_t end = at;
    while (end < text_.size() && end - at < 17 && ascii_is_alnum(text_[end])) ++end;
    return end == at ? text_.substr(at, at < text_.size() ? 1 : 0) : text_.substr(at, end - at);
  }

  std::string_view text_;
  size_t begin_ = 0;
  std::vector<Span> sentences_;
};

}  // namespace

std::vector<Span> Tokenizer::sentences(std::string_view text) const {
  return SentenceFinder(text.substr(0, UINT32_MAX)).run();
}

}  // namespace custos::stage
