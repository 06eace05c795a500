// The rules of NLTK's NLTKWordTokenizer (the Penn Treebank's, with Unicode quotes) for one word at a time. Private to
// tokenize.
//
// Every regular expression of that tokenizer looks at a word and at most the one character on either side of it, except
// the final full stop's, which the caller finds. So a word with its context gives what the sequence of substitutions
// over the sentence gives. These are for the words that one_pass.h does not take.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "document/token_list.h"
#include "stage/tokenize/word.h"

namespace custos::stage {

// For one thread; keeps two buffers from word to word.
class WordSplitter {
 public:
  void split(const Word& word, document::TokenList& out);

 private:
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
