// What a kind of personal data looks like: a value that the redactor compiles, so that new kinds are data, not code.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace custos::stage {

// What a check said of a candidate, which is given with separators still in it.
enum class Verdict {
  kInvalid,  // not this kind: the candidate is dropped
  kUnsure,   // nothing to check: the pattern's own score stands
  kValid,    // a checksum holds: score 1
};
using Validator = Verdict (*)(std::string_view candidate);

// One pattern of one kind. Several recognizers may share a type.
struct Recognizer {
  std::string type;                  // "US_SSN" is written "SSN": DESIGN's short names, else Presidio's
  std::string pattern;               // both Hyperscan and RE2 accept it: no look-around, no back-references
  float score = 0.5F;                // of the bare pattern
  std::vector<std::string> context;  // lower-case words; one of them near by raises the score by 0.35, to 0.4 at least
  std::string validator;             // a name known to find_validator, or empty
  bool ignore_case = false;
  bool word_edges = true;  // no letter or digit may touch either end
};

// Null where no validator has that name.
[[nodiscard]] Validator find_validator(std::string_view name);
[[nodiscard]] std::vector<std::string_view> validator_names();

// The built-in kinds. national: tax numbers, identity cards, licences and passports of many countries.
[[nodiscard]] std::vector<Recognizer> general_recognizers();
[[nodiscard]] std::vector<Recognizer> national_recognizers();

}  // namespace custos::stage
