// The rules of NLTK's NLTKWordTokenizer (the Penn Treebank's, with Unicode quotes) for one word at a time. Private to
// tokenize.
//
// Every regular expression of that tokenizer looks at a word and at most the one character on either side of it, except
// the final full stop's, which the caller finds. So a word with its context gives what the sequence of substitutions
// over the sentence gives; nine in ten words need none of them and are taken as they are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "document/token_list.h"

namespace custos::stage {

// What touches a word.
enum class Edge : char {
  kNone = '\0',  // the sentence begins or ends
  kSpace = ' ',  // U+0020
  kOtherSpace = '\t',
  kLastNewline = '\n',  // the sentence's last character, which `$` ignores
  kTag = 'X',           // a redaction tag, which counts as a letter
};

struct Word {
  std::string_view text;  // no white space in it
  Edge before = Edge::kNone;
  Edge after = Edge::kNone;
  size_t final_stop = std::string_view::npos;  // offset of the full stop that ends the sentence, where it is in here
  uint16_t marks = 0;                          // of scan_word
};

// Reads a word from `at` to the next white space or to `end`; sets its text and marks.
[[nodiscard]] Word scan_word(std::string_view text, size_t at, size_t end);

// For one thread; keeps two buffers from word to word.
class WordSplitter {
 public:
  void split(const Word& word, document::TokenList& out);

 private:
  bool split_plainly(const Word& word, document::TokenList& out);
  void load(const Word& word);
  void open_quotes(const Word& word);
  void separate_opening_apostrophes();
  void final_stop();
  void punctuation(const Word& word);
  void commas(const Word& word);
  void lone_apostrophes();
  void close_quotes(const Word& word);
  void clitics();
  void long_clitics();
  void contractions(const Word& word);
  // find_at(offset): the contraction that begins there, or null.
  template <typename Find>
  void split_in_two(Find find_at);
  void emit(const Word& word, document::TokenList& out);

  void swap() { text_.swap(next_), next_.clear(); }

  std::string text_;
  std::string next_;
};

}  // namespace custos::stage
