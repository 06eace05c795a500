// Any bytes: spans ascend and cover everything but white space, and no token is empty or has a space in it.
#include <cctype>
#include <cstdint>
#include <cstdlib>

#include "stage/tokenize/text_scan.h"
#include "stage/tokenize/tokenizer.h"

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
  return 0;
}
