// A word between white space, and what stands in it. Private to tokenize.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace custos::stage {

// What touches a word.
enum class Edge : char {
  kNone = '\0',  // the sentence begins or ends
  kSpace = ' ',  // U+0020
  kOtherSpace = '\t',
  kLastNewline = '\n',  // the sentence's last character, which `$` ignores
  kTag = 'X',           // a redaction tag, which counts as a letter
};

enum Mark : uint16_t {
  kQuote = 1,       // "
  kApostrophe = 2,  // '
  kBacktick = 4,    // `
  kComma = 8,       // , :
  kPadded = 16,     // ; @ # $ % & ? ! *
  kBracket = 32,
  kDots = 64,           // .. or more
  kDashes = 128,        // -- or a Unicode dash
  kOpenQuote = 256,     // « “ ‘ „
  kCloseQuote = 512,    // » ” ’
  kJoiner = 1024,       // anything else that is no ASCII letter or digit
  kContraction = 2048,  // "cannot" or its like may be in here
  kClash = 4096,        // quotes and apostrophes in places where one rule changes what the next one sees
};

struct Word {
  std::string_view text;  // no white space in it
  Edge before = Edge::kNone;
  Edge after = Edge::kNone;
  size_t final_stop = std::string_view::npos;  // offset of the full stop that ends the sentence, where it is in here
  uint16_t marks = 0;
};

// The word from `at` to the next white space or to the text's end: its text and marks. `before`: what touches it.
[[nodiscard]] Word scan_word(std::string_view text, size_t at, Edge before);

// The words that are two to the treebank ("can not"); lower case.
struct Contraction {
  std::string_view word;
  size_t first;  // letters of its first half
};
// The contraction, in any case, whose letters begin at `at`, or null.
[[nodiscard]] const Contraction* contraction_letters_at(std::string_view text, size_t at);

}  // namespace custos::stage
