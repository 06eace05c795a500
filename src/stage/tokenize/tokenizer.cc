#include "stage/tokenize/tokenizer.h"

#include <algorithm>
#include <span>

#include "stage/tokenize/tags.h"
#include "stage/tokenize/text_scan.h"
#include "stage/tokenize/word_splitter.h"

namespace custos::stage {
namespace {

using document::Span;
constexpr auto npos = std::string_view::npos;

// The full stop that ends the sentence: only closing brackets and quotes, and spaces among them, come after it, and
// another character than a full stop before it. A double quote after a space is an opening one to NLTK.
size_t find_final_stop(std::string_view sentence) {
  size_t end = sentence.size();
  for (size_t space = 1; space > 0; end -= space) space = space_length_before(sentence, end);
  while (end > 0 && sentence[end - 1] != '.') {
    const char c = sentence[end - 1];
    const size_t wide = closing_quote_length_before(sentence, end);
    if (wide == 0 && std::string_view("])}>\"' ").find(c) == npos) return npos;
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
  SentenceReader(std::string_view sentence, size_t offset, std::span<const Span>& tags)
      : sentence_(sentence), offset_(offset), tags_(tags), final_stop_(find_final_stop(sentence)) {}

  void read(WordSplitter& splitter, document::TokenList& out) {
    size_t at = 0;
    Edge before = Edge::kNone;
    while (at < sentence_.size()) {
      const size_t tag = next_tag(at);
      if (tag == at) {
        const size_t size = std::min<size_t>(tags_.front().size(), sentence_.size() - at);
        out.push_back(sentence_.substr(at, size));
        tags_ = tags_.subspan(1);
        at += size;
        before = Edge::kTag;
        continue;
      }
      const size_t space = space_length(sentence_, at);
      if (space > 0) {
        before = sentence_[at] == ' ' ? Edge::kSpace : Edge::kOtherSpace;
        at += space;
        continue;
      }
      Word word = scan_word(sentence_, at, std::min(tag, sentence_.size()));
      const size_t end = at + word.text.size();
      word.before = before;
      word.after = end == tag ? Edge::kTag : edge_at(end);
      if (final_stop_ >= at && final_stop_ < end) word.final_stop = final_stop_ - at;
      splitter.split(word, out);
      at = end;
    }
  }

 private:
  // Where the next tag begins in the sentence, not before `at`, or npos.
  size_t next_tag(size_t at) {
    while (!tags_.empty() && (tags_.front().begin < offset_ + at || tags_.front().empty())) tags_ = tags_.subspan(1);
    if (tags_.empty() || tags_.front().begin >= offset_ + sentence_.size()) return npos;
    return tags_.front().begin - offset_;
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
};

void tokenize_with_tags(const Tokenizer& tokenizer, std::string_view text, std::span<const Span> tags,
                        document::TokenList& out) {
  WordSplitter splitter;
  for (const Span sentence : tokenizer.sentences(text)) {
    SentenceReader(sentence.of(text), sentence.begin, tags).read(splitter, out);
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
  SentenceReader(sentence, 0, rest).read(splitter, out);
}

}  // namespace custos::stage
