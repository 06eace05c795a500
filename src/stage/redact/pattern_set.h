// All patterns of the redactor at once: Hyperscan for those that a literal announces, RE2::Set for those made of
// digits.
//
// Hyperscan has no literal to look for in "\d{3}-\d{2}-\d{4}" and its like. Merging a hundred of them took it seconds
// and gave a quarter of the speed of RE2::Set's lazy automaton, which compiles in milliseconds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "document/span.h"
#include "stage/redact/candidate.h"
#include "stage/redact/hyperscan_handles.h"
#include "stage/redact/recognizer.h"

namespace re2 {
class RE2;
}

namespace custos::stage {

// Immutable. Patterns that cannot match without a digit are only tried near digits, which is what keeps prose cheap.
class PatternSet {
 public:
  PatternSet(PatternSet&&) noexcept;
  PatternSet& operator=(PatternSet&&) noexcept;
  ~PatternSet();

  [[nodiscard]] static Result<PatternSet> compile(const std::vector<Recognizer>& recognizers);

  // Grows `scratch` to what this set needs.
  [[nodiscard]] Status reserve(HsScratch& scratch) const;

  // Appends every match whose edges are right, longest first where several begin at one place. REQUIRES: `text` is
  // UTF-8 and below 1 GiB. kLimit above `matches_max`.
  [[nodiscard]] Status scan(std::string_view text, hs_scratch_t* scratch, size_t matches_max,
                            std::vector<Candidate>& out) const;

 private:
  struct Pattern {
    bool word_edges = true;
    bool keeps_shorter = false;  // a validator may refuse the longest
    bool has_group = false;      // a capture group is what is masked
    std::unique_ptr<re2::RE2> expression;
  };
  struct DigitSet;
  struct Sink;

  PatternSet();
  [[nodiscard]] Status scan_anywhere(Sink& sink) const;
  [[nodiscard]] Status scan_region(const DigitSet& set, document::Span region, Sink& sink) const;
  [[nodiscard]] Status find_each(uint32_t id, document::Span region, Sink& sink) const;
  // The end of the longest match that begins where `whole` does, and of shorter ones where those are wanted.
  bool add_all_lengths(uint32_t id, document::Span whole, Sink& sink) const;
  bool add(uint32_t id, document::Span whole, Sink& sink) const;
  static int on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void* context);

  std::vector<Pattern> patterns_;
  Database anywhere_;  // null where no pattern belongs to it
  std::vector<std::unique_ptr<DigitSet>> near_digits_;
};

}  // namespace custos::stage
