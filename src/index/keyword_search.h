// Words over all segments of an archive: which rows match, and which match best (BM25F).
//
// Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), section 3.6.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "document/redacted_text.h"
#include "document/span.h"
#include "index/field.h"
#include "index/postings_reader.h"
#include "index/query.h"
#include "index/row_set.h"

namespace custos::index {

struct Bm25Options {
  double k1 = 1.2;
  double b = 0.95;
  std::array<double, kTextFields> field_weight = {1.0, 0.4, 0.6, 0.5};  // authored, quoted, subject, file name
  double exact_share = 0.3;  // of a word's score: for the form that was asked for; the rest for all forms of its stem
};

struct KeywordHit {
  uint32_t segment = 0;  // index into the segments given
  uint32_t row = 0;
  float score = 0;
};

struct KeywordResult {
  std::vector<KeywordHit> hits;  // best first; equal scores by segment and row
  float ideal = 0;               // what a message of usual length would score that has every word of the query once
  uint64_t matched = 0;          // rows that match, whether or not among `hits`
  bool prefix_was_cut = false;   // a prefix had more than kPrefixTermsMax words
};

// The share of one word in a hit's score: for --explain.
struct ScorePart {
  std::string term;
  uint64_t rows_with_term = 0;  // of all segments
  std::array<uint32_t, kTextFields> frequency{};
  float score = 0;
};

// Thread-safe. Statistics (rows with a term, lengths of fields) are those of all segments together, so that a score
// does not depend on how messages lie in segments.
class KeywordSearch {
 public:
  explicit KeywordSearch(std::vector<std::shared_ptr<const PostingsReader>> segments, Bm25Options options = {});

  // The rows that match, by segment. kCorrupt names the file. kLimit: a tree too large or too deep.
  [[nodiscard]] Result<std::vector<RowSet>> match(const Query& query) const;
  // The best `limit` rows that match `query` and lie in `allowed` (empty: all rows may be returned).
  [[nodiscard]] Result<KeywordResult> best(const Query& query, std::span<const RowSet> allowed, uint32_t limit) const;
  [[nodiscard]] Result<std::vector<ScorePart>> explain(const Query& query, const KeywordHit& hit) const;

 private:
  std::vector<std::shared_ptr<const PostingsReader>> segments_;
  Bm25Options options_;
};

// Where the words of a query stand in a text: to highlight them. Ascending, not overlapping, at most `limit`.
[[nodiscard]] std::vector<document::Span> find_words(const Query& query, const document::RedactedText& text,
                                                     document::Span within, std::string_view language, uint32_t limit);

}  // namespace custos::index
