// The names, numbers and dates of a text: what a claim may not get wrong.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace custos::agent {

struct Fact {
  enum class Kind : uint8_t { kName, kNumber, kMonth };
  Kind kind = Kind::kName;
  // A name in small letters without "'s"; a number without separators of thousands and leading zeros ("two" is "2",
  // "45 thousand" "45000", the parts of a date or telephone number one by one); a month "1" to "12".
  std::string value;
  bool may_be_common = false;  // a capital that the beginning of a sentence explains

  bool operator==(const Fact&) const = default;
};

struct TextFacts {
  std::vector<Fact> facts;                // in order, also twice
  std::vector<std::string> words;         // all, in small letters without "'s"
  std::unordered_set<std::string> known;  // words, and the parts of those with hyphens and dots
};

// Letters of any script; names and months by English usage. Linear.
[[nodiscard]] TextFacts facts_of(std::string_view text);

// Whether `cited` has the fact. Names may differ in an ending "s".
[[nodiscard]] bool has_fact(const TextFacts& cited, const Fact& fact);

}  // namespace custos::agent
