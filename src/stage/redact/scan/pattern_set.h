// All patterns of the redactor at once: Hyperscan for those that a literal announces, ShapeScanner for those made of
// digits and letters, in which Hyperscan has no literal to look for. Merging a hundred of them took it seconds to
// compile, and its scan was four times slower than RE2's.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "stage/redact/candidate.h"
#include "stage/redact/hyperscan_handles.h"
#include "stage/redact/recognizer.h"
#include "stage/redact/scan/compiled_pattern.h"
#include "stage/redact/scan/shape_scanner.h"

namespace custos::stage {

// The working memory of one thread.
struct ScanScratch {
  HsScratch hyperscan;
  std::unique_ptr<ShapeScanner> shapes;
};

// Immutable.
class PatternSet {
 public:
  [[nodiscard]] static Result<PatternSet> compile(const std::vector<Recognizer>& recognizers);

  // Grows `scratch` to what this set needs.
  [[nodiscard]] Status reserve(ScanScratch& scratch) const;

  // Appends every match whose edges are right, and shorter ones that begin at the same place where a validator may
  // refuse the longest. REQUIRES: `text` is UTF-8 and below 1 GiB. kLimit above `matches_max`.
  [[nodiscard]] Status scan(std::string_view text, ScanScratch& scratch, size_t matches_max,
                            std::vector<Candidate>& out) const;

 private:
  [[nodiscard]] Status scan_announced(MatchSink& sink, hs_scratch_t* scratch) const;

  std::vector<CompiledPattern> patterns_;
  Database announced_;  // null where no pattern belongs to it
  ShapePrograms shapes_;
};

}  // namespace custos::stage
