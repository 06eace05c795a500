// A regular expression as a tree of what its bytes may be, so that properties of it can be computed.
#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace custos::stage {

using ByteSet = std::bitset<256>;

struct PatternNode {
  enum class Kind { kBytes, kSequence, kChoice, kRepeat, kTextBegin, kTextEnd };

  Kind kind = Kind::kSequence;
  ByteSet bytes;                      // kBytes: any one of these
  std::vector<PatternNode> children;  // of kSequence and kChoice; one of kRepeat
  uint32_t least = 1;                 // kRepeat
  uint32_t most = 1;                  // kRepeat; kEndless for '*', '+' and "{n,}"
};

inline constexpr uint32_t kEndless = UINT32_MAX;

struct ParsedPattern {
  PatternNode root;
  bool exact = true;  // false: the tree also matches text that the pattern does not, never the reverse
};

// Nothing for what the tree cannot say: \b, \p, flags other than "(?i:", repeats above 1000, groups deeper than 64.
// `unicode`: the pattern reads UTF-8 characters, which the tree takes for any bytes above 0x7F; else it reads bytes.
[[nodiscard]] std::optional<ParsedPattern> parse_pattern(std::string_view pattern, bool ignore_case, bool unicode);

// How many kBytes a copy of every repeat would make; kEndless where a repeat has no end.
[[nodiscard]] uint32_t expanded_size(const PatternNode& node);

// Whether every match holds three bytes in a row that are known up to their case, so that a literal announces it.
[[nodiscard]] bool has_literal(const PatternNode& node);

// Whether every match holds one of `bytes`.
[[nodiscard]] bool always_has(const PatternNode& node, const ByteSet& bytes);

// How many bytes of a match come before the first of `bytes`, at most. REQUIRES: always_has(node, bytes), no endless
// repeats.
[[nodiscard]] uint32_t bytes_before(const PatternNode& node, const ByteSet& bytes);

// The length of the shortest match.
[[nodiscard]] uint32_t least_size(const PatternNode& node);

[[nodiscard]] bool has_text_edge(const PatternNode& node);

}  // namespace custos::stage
