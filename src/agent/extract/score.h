// How well sentences answer a question: words that are rare in the archive, meaning, and what kind of thing is asked
// for.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/extract/sentences.h"
#include "agent/retrieve/evidence.h"
#include "base/result.h"
#include "index/terms.h"
#include "model/encoder_sessions.h"
#include "store/snapshot.h"

namespace custos::agent {

struct ScoredSentence {
  size_t message = 0;  // index into EvidenceSet::messages
  TextSentence sentence;
  std::string_view text;  // of that message
  float coverage = 0;     // share of the question's weight that it has, its surroundings counting in part
  float cosine = 0;       // with the question; 0 without an encoder
  float score = 0;
  std::vector<float> vector;       // empty without an encoder
  std::vector<std::string> stems;  // unique, sorted
};

// A word of the question.
struct AskedTerm {
  std::string folded;
  std::string stem;
  float weight = 0;  // the rarer in the archive, the more
};

// Words of asking left out, unless there are no others. REQUIRES: `snapshot` is of the archive that is asked.
[[nodiscard]] Result<std::vector<AskedTerm>> asked_terms(std::string_view question, const store::Snapshot& snapshot);

// What decides whether the archive has an answer at all.
struct ConfidenceFeatures {
  float coverage = 0;  // the best of all sentences; likewise
  float cosine = 0;
  bool is_filtered = false;  // persons or dates of the question were found, and hold
};
[[nodiscard]] float confidence_of(const ConfidenceFeatures& features, bool has_vectors);

struct ScoredSet {
  std::vector<ScoredSentence> sentences;  // best first
  ConfidenceFeatures features;
};
// `sessions` may be null.
[[nodiscard]] Result<ScoredSet> score_sentences(std::string_view question, std::span<const AskedTerm> terms,
                                                const EvidenceSet& evidence, model::EncoderSessions* sessions);

// The best `limit` that differ from each other: a sentence loses what it has in common with those before it; the same
// words again never. Those far below the best are left out.
[[nodiscard]] std::vector<ScoredSentence> select_sentences(std::vector<ScoredSentence> sentences, size_t limit);

}  // namespace custos::agent
