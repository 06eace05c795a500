#include "stage/tokenize/tokenizer.h"

#include <algorithm>
#include <span>

#include "base/ascii.h"
#include "stage/tokenize/one_pass.h"
#include "stage/tokenize/tags.h"
#include "stage/tokenize/text_scan.h"
#include "stage/tokenize/word_splitter.h"

namespace custos::stage {
namespace {

using document::Span;
constexpr auto npos = std::string_view::npos;

constexpr ByteSet kClosers("])}>\"' ");
constexpr ByteSet kSpaces("\t\n\v\f\r\x1c\x1d\x1e\x1f ");
constexpr ByteSet kEndMarks(",:;@#$%&?!*[](){}<>");

// The full stop that ends the sentence: only closing brackets and quotes, and spaces among them, come after it, and
// another character than a full stop before it. A double quote after a space is an opening one to NLTK.
size_t find_final_stop(std::string_view sentence) {
  size_t end = sentence.size();
  for (size_t space = 1; space > 0; end -= space) space = space_length_before(sentence, end);
  while (end > 0 && sentence[end - 1] != '.') {
    const char c = sentence[end - 1];
    const size_t wide = kClosers.has(c) ? 0 : closing_quote_length_before(sentence, end);
    if (wide == 0 && !kClosers.has(c)) return npos;
    const bool is_pair = c == '\'' && end >= 2 && sentence[end - 2] == '\'';
    const size_t before = end - (is_pair ? 2 : 1);
    if ((c == '"' || is_pair) && before > 0 && sentence[before - 1] == ' ') return npos;
    end -= std::max<size_t>(wide, 1);
  }
  return end < 2 || sentence[end - 2] == '.' ? npos : end - 1;
}

// The words of one sentence. `tags`: of the whole text, ascending; what lies before the sentence is dropped.
class SentenceReader {
 public:
  SentenceReader(std::string_view sentence, size_t offset, std::span<const Span>& tags, WordSplitter& splitter,
                 document::TokenList& out)
      : sentence_(sentence),
        offset_(offset),
        tags_(tags),
        final_stop_(find_final_stop(sentence)),
        splitter_(splitter),
        out_(out) {}

  void read() {
    Edge before = Edge::kNone;
    for (size_t at = 0; at < sentence_.size();) {
      const size_t tag = next_tag(at);
      if (tag > at) {
        at = read_words(at, tag, before);
        continue;
      }
      const size_t size = std::min<size_t>(tags_.front().size(), sentence_.size() - at);
      out_.push_back(sentence_.substr(at, size));
      tags_ = tags_.subspan(1);
      at += size;
      before = Edge::kTag;
    }
  }

 private:
  // Where the next tag begins in the sentence, not before `at`, or npos.
  size_t next_tag(size_t at) {
    while (!tags_.empty() && (tags_.front().begin < offset_ + at || tags_.front().empty())) tags_ = tags_.subspan(1);
    if (tags_.empty() || tags_.front().begin >= offset_ + sentence_.size()) return npos;
    return tags_.front().begin - offset_;
  }

  // From `at` to the next tag, or where there is none (npos) to the sentence's end; where that is.
  size_t read_words(size_t at, size_t tag, Edge before) {
    const std::string_view text = sentence_.substr(0, tag);
    while (at < text.size()) {
      const size_t space = space_length(sentence_, at);
      if (space > 0) {
        before = sentence_[at] == ' ' ? Edge::kSpace : Edge::kOtherSpace;
        at += space;
        continue;
      }
      const size_t run = ascii_run_length(text, at);
      const size_t plain = read_plainly(text, at, at + run);
      at = plain > at ? plain : read_word(text, at, tag, before);
    }
    return at;
  }

  // Nearly all words are letters and digits, and what touches them does not matter; or these and one mark. Where it
  // ends, or `begin` where it is another kind of word.
  size_t read_plainly(std::string_view text, size_t begin, size_t end) {
    if (begin == end || is_contraction(text.substr(begin, end - begin))) return begin;
    const bool has_mark = !is_end(text, end);
    if (has_mark) {
      const bool is_mark = kEndMarks.has(text[end]) || end == final_stop_;
      if (!is_mark || !is_end(text, end + 1)) return begin;
    }
    out_.push_back_from(sentence_, begin, end - begin);
    if (has_mark) out_.push_back_from(sentence_, end++, 1);
    return end;
  }
  static bool is_contraction(std::string_view letters) {
    return (letters.size() == 5 || letters.size() == 6) && contraction_letters_at(letters, 0) != nullptr;
  }
  static bool is_end(std::string_view text, size_t at) { return at == text.size() || kSpaces.has(text[at]); }

  size_t read_word(std::string_view text, size_t at, size_t tag, Edge before) {
    Word word = scan_word(text, at, before);
    const size_t end = at + word.text.size();
    word.after = end == tag ? Edge::kTag : edge_at(end);
    if (final_stop_ >= at && final_stop_ < end) word.final_stop = final_stop_ - at;
    fits_one_pass(word) ? split_in_one_pass(word, out_) : splitter_.split(word, out_);
    return end;
  }

  [[nodiscard]] Edge edge_at(size_t at) const {
    if (at == sentence_.size()) return Edge::kNone;
    if (sentence_[at] == ' ') return Edge::kSpace;
    return sentence_[at] == '\n' && at + 1 == sentence_.size() ? Edge::kLastNewline : Edge::kOtherSpace;
  }

  std::string_view sentence_;
  size_t offset_;
  std::span<const Span>& tags_;
  size_t final_stop_;
  WordSplitter& splitter_;
  document::TokenList& out_;
};

void tokenize_with_tags(const Tokenizer& tokenizer, std::string_view text, std::span<const Span> tags,
                        document::TokenList& out) {
  WordSplitter splitter;
  for (const Span sentence : tokenizer.sentences(text)) {
    SentenceReader(sentence.of(text), sentence.begin, tags, splitter, out).read();
  }
}

}  // namespace

document::TokenList Tokenizer::tokenize(const document::RedactedText& text) const {
  std::vector<Span> tags;
  tags.reserve(text.entities().size());
  for (const document::Entity& entity : text.entities()) tags.push_back(entity.redacted);
  document::TokenList tokens;
  tokens.reserve(text.text().size() / 4, text.text().size());
  tokenize_with_tags(*this, text.text(), tags, tokens);
  return tokens;
}

void Tokenizer::tokenize_text(std::string_view text, document::TokenList& out) const {
  text = text.substr(0, UINT32_MAX);
  tokenize_with_tags(*this, text, find_tags(text), out);
}

void Tokenizer::tokenize_sentence(std::string_view sentence, document::TokenList& out) const {
  sentence = sentence.substr(0, UINT32_MAX);
  const std::vector<Span> tags = find_tags(sentence);
  std::span<const Span> rest = tags;
  WordSplitter splitter;
  SentenceReader(sentence, 0, rest, splitter, out).read();
}

}  // namespace custos::stage
