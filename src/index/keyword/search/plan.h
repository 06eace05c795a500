// A query made ready for all segments: words became terms, terms their places in each file.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "index/field.h"
#include "index/keyword/file/postings_file.h"
#include "index/query.h"

namespace custos::index {

using Segments = std::vector<std::shared_ptr<const PostingsFile>>;

// One term of the index.
struct PlanTerm {
  std::string key;
  std::vector<TermEntry> entries;  // by segment
};

// Terms of which each counts: the words with one stem, the words with one prefix.
struct PlanClass {
  std::vector<PlanTerm> terms;
  uint64_t rows = 0;  // of all segments
};

// What one word of a query asks for. A row has it as often as the best of the classes says.
struct PlanWord {
  std::vector<PlanClass> classes;
  uint64_t rows = 0;       // of the class that most rows have; at most all
  PlanClass exact;         // the form that was asked for, which one of the classes has too
  bool has_forms = false;  // `exact` is scored beside the classes
};

// Words that follow one another: a word of the query, or a phrase.
struct PlanPhrase {
  std::vector<PlanWord> words;
  uint8_t fields = 0;  // bits
  std::string label;
  double weight = 0;        // the sum of the words' inverse document frequencies
  double exact_weight = 0;  // of the exact forms
  uint64_t rows = 0;        // of its rarest word
};

struct PlanNode {
  enum class Kind : uint8_t { kNothing, kEverything, kPhrase, kNear, kAnd, kOr, kNot, kTerms, kDate, kRows };
  Kind kind = Kind::kNothing;
  std::vector<PlanPhrase> phrases;  // of kPhrase one
  std::vector<PlanTerm> terms;      // any of them
  std::vector<PlanNode> children;
  const Query* query = nullptr;  // for dates, rows and distance
  bool is_scored = false;        // it or something in it
};

struct Plan {
  PlanNode root;
  bool prefix_was_cut = false;
};

inline constexpr size_t kNearChildrenMax = 16;
inline constexpr uint32_t kNearDistanceMax = 1024;

// REQUIRES: the query outlives the plan.
[[nodiscard]] Result<Plan> make_plan(const Query& query, const Segments& segments);

}  // namespace custos::index
