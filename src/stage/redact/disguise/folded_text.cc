#include "stage/redact/disguise/folded_text.h"

#include <algorithm>
#include <cassert>

namespace custos::stage {

void FoldedText::copy(std::string_view bytes, uint32_t begin) {
  if (bytes.empty()) return;
  const auto size = static_cast<uint32_t>(bytes.size());
  if (!runs_.empty() && runs_.back().same_bytes && runs_.back().original.end == begin) {
    runs_.back().original.end += size;
  } else {
    runs_.push_back({static_cast<uint32_t>(text_.size()), {begin, begin + size}, true});
  }
  text_ += bytes;
}

void FoldedText::replace(std::string_view bytes, document::Span original) {
  if (bytes.empty()) return;
  runs_.push_back({static_cast<uint32_t>(text_.size()), original, false});
  text_ += bytes;
}

const FoldedText::Run& FoldedText::run_at(uint32_t folded) const {
  const auto after =
      std::partition_point(runs_.begin(), runs_.end(), [&](const Run& run) { return run.folded_begin <= folded; });
  assert(after != runs_.begin());
  return *(after - 1);
}

document::Span FoldedText::original(document::Span folded) const {
  const Run& first = run_at(folded.begin);
  const Run& last = run_at(folded.end - 1);
  const uint32_t begin = first.original.begin + (first.same_bytes ? folded.begin - first.folded_begin : 0);
  const uint32_t end = last.same_bytes ? last.original.begin + (folded.end - last.folded_begin) : last.original.end;
  return {begin, std::max(begin, end)};
}

}  // namespace custos::stage
