// The one rule for candidates that overlap. A mask covers them all; which of them names it is is_preferred's answer.
#pragma once

#include <string>
#include <vector>

#include "stage/redact/candidate.h"
#include "stage/redact/recognizer.h"

namespace custos::stage {

// Higher score, then longer, then begins first, then the recognizer that comes first.
[[nodiscard]] bool is_preferred(const Candidate& left, const Candidate& right);

// Of candidates that overlap, the preferred ones. Ascending, not overlapping.
[[nodiscard]] std::vector<Candidate> without_overlaps(std::vector<Candidate> candidates);

// Of candidates that overlap one mask: over all of them, of the preferred one's type, so that nothing of what any of
// them found stays readable. Ascending, not overlapping.
[[nodiscard]] std::vector<Candidate> merged_overlaps(std::vector<Candidate> candidates);

// The same as without_overlaps among candidates of one type; those of different types may overlap. Ascending by begin.
[[nodiscard]] std::vector<Candidate> without_overlaps_of_type(std::vector<Candidate> candidates,
                                                              const std::vector<Recognizer>& recognizers);

}  // namespace custos::stage
