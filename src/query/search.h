// Here is a question, gimme the best messages: by word, by meaning, or both, with filters inside the search.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "document/message.h"
#include "document/redacted_text.h"
#include "document/span.h"
#include "model/encoder.h"
#include "store/archive.h"
#include "store/vector_store.h"

namespace custos::query {

enum class Mode : uint8_t { kHybrid, kKeyword, kVector };

struct SearchRequest {
  std::string query;  // of the query language
  Mode mode = Mode::kHybrid;
  uint32_t limit = 10;
  // Every message that matches, in order of date, and their number: words side by side must all be there, and nearness
  // in meaning plays no part. `limit` does not cut.
  bool all = false;
  bool explain = false;
  // Beside what the query says. The values are those of the scopes from:, to:, after:, before: and so on.
  std::vector<std::string> from, to, after, before, language, thread;
  bool has_attachment = false;
};

struct ScoreShare {
  std::string name;  // "keyword", "vector", or a term
  float score = 0;   // as it was measured: BM25F, cosine
  float weight = 0;  // what one unit of the normalised score is worth
  float share = 0;   // what it gave to the result's score
};

struct SearchResult {
  store::MessageEntry message;
  float score = 0;  // 0 to 1 for hybrid; BM25F; cosine
  std::vector<document::Participant> from, to;
  document::RedactedText passage;  // the best one of the message, cut to at most kPassageBytesMax
  document::Span passage_span;     // of its part's redacted text
  uint32_t passage_part = 0;
  std::vector<document::Span> highlights;  // of `passage`
  uint64_t folded = 0;                     // near-identical messages that were left out for it
  uint64_t thread_messages = 0;
  std::vector<store::FoundPlace> places;
  std::vector<ScoreShare> shares;  // with `explain`
};

struct SearchAnswer {
  uint64_t total = 0;  // rows that match the condition: exact for --all and keyword; candidates for the others
  bool total_is_exact = false;
  double took_ms = 0;
  std::vector<SearchResult> results;
  std::string plan;  // with `explain`: what was searched, with which filters, how many rows they leave, and times
};

inline constexpr uint32_t kPassageBytesMax = 480;
inline constexpr uint32_t kResultsMax = 10000;

struct SearchOptions {
  double keyword_weight = 0.5;  // of a hybrid score: weight × BM25F over the query's best + (1 − weight) × cosine
  uint32_t candidates = 200;    // of each kind that are fused; at least as many as are asked for
  bool fold = true;             // near-identical results into one
  // Answers by meaning in place of the segments' own vectors; null: those do.
  std::shared_ptr<store::VectorStore> vectors;
};

// Thread-safe: one for an archive, shared by all requests. Sees what is published when a request begins.
class Searcher {
 public:
  virtual ~Searcher() = default;
  // `encoder` may be null: then only keyword mode works, and hybrid says so in its plan and searches by word.
  // kInvalidArgument where the encoder's version is not the archive's.
  [[nodiscard]] static Result<std::unique_ptr<Searcher>> create(const store::Archive& archive,
                                                                std::shared_ptr<const model::Encoder> encoder,
                                                                const SearchOptions& options);
  [[nodiscard]] virtual Result<SearchAnswer> search(const SearchRequest& request) const = 0;
};

}  // namespace custos::query
