// The pieces of national_recognizers(), by where a number is given out.
//
// Scores. Most countries number people and firms in 9 to 13 digits with one check digit, so that one ordinary number in
// ten is "valid" somewhere. Such a bare pattern stays below the default threshold of 0.4 and needs a word of its
// context; a rare shape, two check digits or a date of birth make it strong alone (`strong` and `weak` in
// check_digits.h). Context words are of the number's own language and of English; they name the number, not the subject
// around it.
#pragma once

#include <vector>

#include "stage/redact/recognizer.h"

namespace custos::stage {

// A bare shape that ordinary mail is full of: found only with --threshold 0, or with a word of its context.
inline constexpr float kAnyNumber = 0.01F;
inline constexpr float kCommonShape = 0.1F;
// A shape with a check digit that one number in ten has, or one that is seldom anything else.
inline constexpr float kUncommonShape = 0.3F;
// A shape that is hardly ever anything else: masked by default.
inline constexpr float kRareShape = 0.5F;

void add_german_recognizers(std::vector<Recognizer>& list);
void add_european_recognizers(std::vector<Recognizer>& list);
void add_asian_recognizers(std::vector<Recognizer>& list);
void add_american_recognizers(std::vector<Recognizer>& list);

}  // namespace custos::stage
