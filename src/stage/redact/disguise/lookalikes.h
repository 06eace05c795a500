// Characters that are drawn like ASCII ones, or stand for them.
#pragma once

namespace custos::stage {

// The ASCII letter that a Cyrillic, Greek or Latin letter is drawn like (UTS #39's confusables, those that people use),
// or 0.
[[nodiscard]] char lookalike_letter(char32_t code_point);
// The digit that a letter is drawn like between digits: Cyrillic O and ZE; or 0.
[[nodiscard]] char lookalike_digit(char32_t code_point);
// The ASCII character that this one is by definition: full-width forms, mathematical letters, digits of any script; or
// 0.
[[nodiscard]] char ascii_equivalent(char32_t code_point);

[[nodiscard]] bool is_without_width(char32_t code_point);
[[nodiscard]] bool is_odd_blank(char32_t code_point);
[[nodiscard]] bool is_odd_hyphen(char32_t code_point);

}  // namespace custos::stage
