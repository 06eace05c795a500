// English words that say nothing of what a sentence is about.
#pragma once

#include <string_view>

namespace custos::agent {

// `word` in lower case.
[[nodiscard]] bool is_function_word(std::string_view word);
// Also words that ask, and verbs of asking: "what", "did", "mention".
[[nodiscard]] bool is_question_word(std::string_view word);
// "not", "never", "don't" …
[[nodiscard]] bool is_denial(std::string_view word);

}  // namespace custos::agent
