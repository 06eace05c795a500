// Words that own the full stop after them. Private to tokenize.
#pragma once

#include <string_view>

namespace custos::stage {

enum class Abbreviation {
  kNone,
  kInner,        // "Dr.", "vs.": a sentence goes on after it
  kMayEnd,       // "Inc.", "p.m.", "U.S.": ends a sentence where the next word is one that sentences begin with
  kBeforeDigit,  // "No. 5"
};
// `word` is what stands before the full stop, up to white space; lower and upper case alike.
[[nodiscard]] Abbreviation find_abbreviation(std::string_view word);

// Whether a capitalised word is one of those that sentences often begin with: "The", "However".
[[nodiscard]] bool is_sentence_starter(std::string_view word);

}  // namespace custos::stage
