// Any bytes: spans ascend and cover everything but white space, no token is empty or has a space in it, and where one
// pass does for a word, it gives what the careful rules give.
#include <cctype>
#include <cstdint>
#include <cstdlib>

#include "stage/tokenize/one_pass.h"
#include "stage/tokenize/text_scan.h"
#include "stage/tokenize/tokenizer.h"
#include "stage/tokenize/word_splitter.h"

namespace {

void compare_rules(std::string_view text) {
  using namespace custos::stage;
  WordSplitter careful;
  Edge before = Edge::kNone;
  for (size_t at = 0; at < text.size();) {
    if (const size_t space = space_length(text, at); space > 0) {
      before = Edge::kSpace;
      at += space;
      continue;
    }
    Word word = scan_word(text, at, before);
    at += word.text.size();
    word.after = at == text.size() ? Edge::kNone : Edge::kSpace;
    if (!fits_one_pass(word)) continue;
    custos::document::TokenList fast, slow;
    split_in_one_pass(word, fast);
    careful.split(word, slow);
    if (!(fast == slow)) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const custos::stage::Tokenizer tokenizer;
  size_t end = 0;
  for (const custos::document::Span span : tokenizer.sentences(text)) {
    if (span.begin < end || span.empty() || span.end > size) std::abort();
    for (; end < span.begin; end += custos::stage::space_length(text, end)) {
      if (custos::stage::space_length(text, end) == 0) std::abort();
    }
    end = span.end;
  }
  custos::document::TokenList tokens;
  tokenizer.tokenize_text(text, tokens);
  tokenizer.tokenize_sentence(text, tokens);
  for (const std::string_view token : tokens) {
    if (token.empty() || token.find(' ') != std::string_view::npos) std::abort();
  }
  compare_rules(text);
  return 0;
}
