// All patterns of the redactor at once: Hyperscan looks for the literals that announce some, ShapeScanner for those
// made of digits and letters, in which Hyperscan has no literal to look for. Merging a hundred of them took it seconds
// to compile, and its scan was four times slower than RE2's.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
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
  // What Hyperscan tells of.
  struct Notice {
    uint32_t size;  // of the bytes that it found, with which a match may begin; 0: a match is somewhere
    std::vector<uint32_t> patterns;  // of which a match may begin there
  };
  // Where matches of one pattern may begin.
  struct Seen {
    std::vector<uint32_t> places;  // at most places_max
    bool anywhere = false;
  };
  struct Watch {
    const PatternSet& set;
    size_t places_max;
    std::map<uint32_t, Seen> seen;
  };
  struct Batch;

  // A pattern that may begin at more places is searched for in the whole text: to try each could take the square of its
  // length.
  static size_t places_max(size_t text_size) { return std::max<size_t>(64, (size_t{1} << 22) / text_size); }

  [[nodiscard]] static Result<Database> compile_batch(const Batch& batch, const std::vector<Recognizer>& recognizers);
  static int on_notice(unsigned index, unsigned long long from, unsigned long long to, unsigned flags, void* context);
  [[nodiscard]] Status scan_announced(MatchSink& sink, hs_scratch_t* scratch) const;

  std::vector<CompiledPattern> patterns_;
  Database announced_;  // null where no pattern belongs to it
  std::vector<Notice> notices_;
  ShapePrograms shapes_;
};

}  // namespace custos::stage
