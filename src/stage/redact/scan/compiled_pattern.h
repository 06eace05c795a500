// One recognizer's pattern, ready to be tried at a place of a text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "document/span.h"
#include "stage/redact/candidate.h"
#include "stage/redact/recognizer.h"

namespace re2 {
class RE2;
}

namespace custos::stage {

struct CompiledPattern {
  CompiledPattern(const Recognizer& recognizer, std::unique_ptr<re2::RE2> expression);
  CompiledPattern(CompiledPattern&&) noexcept;
  CompiledPattern& operator=(CompiledPattern&&) noexcept;
  ~CompiledPattern();

  bool word_edges = true;
  bool keeps_shorter = false;  // a validator may refuse the longest
  bool has_group = false;      // a capture group is what is masked
  bool told_by_shape = false;  // ShapeProgram alone decides
  std::unique_ptr<re2::RE2> expression;
};

// Whether the pattern reads characters; all others read bytes, which takes fewer states.
[[nodiscard]] bool reads_characters(std::string_view pattern);

// kInvalidArgument names the recognizer.
[[nodiscard]] Result<CompiledPattern> compile_pattern(const Recognizer& recognizer);
[[nodiscard]] Error pattern_not_compiled(const Recognizer& recognizer, std::string_view why);

// Takes the matches of one text.
struct MatchSink {
  const std::vector<CompiledPattern>& patterns;
  std::string_view text;
  size_t matches_max;
  std::vector<Candidate>& out;

  // How many shorter matches than the longest are looked at.
  static constexpr int kShorterMax = 6;

  [[nodiscard]] bool is_full() const { return out.size() > matches_max; }
  // The leftmost, longest match of `id` from `begin` on; empty where there is none.
  [[nodiscard]] document::Span first_match(uint32_t id, uint32_t begin) const;
  // The end of the longest match of `id` that begins at `begin` and ends by `end`; `begin` where there is none.
  [[nodiscard]] uint32_t longest_match(uint32_t id, uint32_t begin, uint32_t end) const;
  [[nodiscard]] bool matches_whole(uint32_t id, document::Span span) const;
  // False where the edges are wrong. REQUIRES: the pattern matches `whole`.
  bool add(uint32_t id, document::Span whole);
  // The longest match that begins where `whole` does, and shorter ones where those are wanted.
  bool add_all_lengths(uint32_t id, document::Span whole);
};

}  // namespace custos::stage
