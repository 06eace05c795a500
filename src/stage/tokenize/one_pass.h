// The rules of word_splitter.h in one pass, for the words in which none of them changes what another one sees. Private
// to tokenize.
#pragma once

#include "document/token_list.h"
#include "stage/tokenize/word.h"

namespace custos::stage {

// Quotes that lean, backticks, pairs of quotes, most apostrophes and contractions are for the careful rules.
[[nodiscard]] inline bool fits_one_pass(const Word& word) {
  constexpr uint16_t kCareful = kBacktick | kOpenQuote | kCloseQuote | kContraction | kClash;
  return (word.marks & kCareful) == 0 && !(word.after == Edge::kTag && (word.marks & kApostrophe) != 0);
}

// Appends what WordSplitter::split would. REQUIRES: fits_one_pass(word).
void split_in_one_pass(const Word& word, document::TokenList& out);

}  // namespace custos::stage
