// Words as NLTK's word_tokenize gives them, with redaction tags whole.
#pragma once

#include <string_view>
#include <vector>

#include "document/redacted_text.h"
#include "document/span.h"
#include "document/token_list.h"

namespace custos::stage {

// Part of every archive's manifest: changes whenever the same text may get other tokens.
inline constexpr std::string_view kTokenizeVersion = "nltk-1";

// Immutable and safe from many threads. Linear in the text. Texts of 4 GiB and more are cut there.
class Tokenizer {
 public:
  // Sentences, then words. Every entity's tag is one token.
  [[nodiscard]] document::TokenList tokenize(const document::RedactedText& text) const;

  // The same for a text that carries its tags by shape: [REDACTED-TYPE], [EMAIL-3fa9], [CARD-****1234].
  void tokenize_text(std::string_view text, document::TokenList& out) const;

  // Appends the words of one sentence: what NLTKWordTokenizer().tokenize gives, but for tags, which stay whole. A
  // straight double quote comes out as `` or '' as there.
  void tokenize_sentence(std::string_view sentence, document::TokenList& out) const;

  // Ascending, without the white space around them; every byte that is not white space is in one. A full stop ends a
  // sentence unless an abbreviation, an initial or a list number owns it; so do ! and ?, and an empty line.
  [[nodiscard]] std::vector<document::Span> sentences(std::string_view text) const;
};

}  // namespace custos::stage
